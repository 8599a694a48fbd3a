"""The description of the door's API holds for what is really sent and answered."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from registration.api.documents import openapi
from registration.checkin import contract, operations
from registration.checkin.rules import Right
from registration.core import clock
from registration.events.models import Event
from registration.events.queries import get_event
from tests import factories
from tests.reviewing import ReviewingClient

DOCUMENT = openapi(version="1", server="https://prezence.example")
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema, or the one it refers to."""
    if "$ref" not in schema:
        return schema
    prefix, _, name = schema["$ref"].rpartition("/")
    assert prefix == "#/components/schemas"
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][name]
    return found


def faults(value: Any, schema: dict[str, Any], where: str = "") -> Iterator[str]:
    """Say what of a value is not as a schema wants it: as much of JSON Schema as the description uses."""
    schema = resolve(schema)
    for each in schema.get("allOf", []):
        yield from faults(value, each, where)
    if "oneOf" in schema and sum(not list(faults(value, each, where)) for each in schema["oneOf"]) != 1:
        yield f"{where} is not exactly one of what it may be"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, _TYPES[kind]) for kind in kinds):
        yield f"{where} is no {kinds}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{where} does not match"
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from faults(each, schema.get("items", {}), f"{where}[{number}]")
    if isinstance(value, dict):
        yield from _faults_of_fields(value, schema, where)


def _faults_of_fields(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}.{name} is missing"
    for name, each in value.items():
        if name in properties:
            yield from faults(each, properties[name], f"{where}.{name}")
        elif others is False:
            yield f"{where}.{name} is not described"
        elif isinstance(others, dict):
            yield from faults(each, others, f"{where}.{name}")


def nested(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from nested(each)


def test_description_is_whole() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert set(DOCUMENT["info"]) >= {"title", "version"}
    used = {each["$ref"].rpartition("/")[2] for each in nested(DOCUMENT) if "$ref" in each}
    assert used == set(DOCUMENT["components"]["schemas"])
    operations = [each for path in DOCUMENT["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for each in operations:
        assert each["summary"]
        assert "200" in each["responses"]
        assert all(response["description"] for response in each["responses"].values())
    unknown = {kind for each in nested(DOCUMENT["components"]["schemas"]) for kind in _kinds(each)} - set(_TYPES)
    assert unknown == set()


def _kinds(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else []


def test_description_has_every_address_of_the_door(client: ReviewingClient) -> None:
    rules = client.application.url_map.iter_rules()
    spoken = {rule.rule for rule in rules if rule.endpoint.startswith("door_api.")}
    assert set(DOCUMENT["paths"]) == spoken


def test_description_is_where_machines_look_for_it(client: ReviewingClient) -> None:
    response = client.get("/api/v1/openapi.json")
    assert response.mimetype == "application/json"
    assert response.get_json()["servers"] == [{"url": "http://localhost"}]
    assert response.get_json()["paths"] == DOCUMENT["paths"]
    assert "Set-Cookie" not in response.headers


def described(path: str, method: str, status: int) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][f"{contract.PATH}/{path}"][method]["responses"][str(status)]
    schema: dict[str, Any] = found["content"]["application/json"]["schema"]
    return schema


def wanted(path: str) -> dict[str, Any]:
    body: dict[str, Any] = DOCUMENT["paths"][f"{contract.PATH}/{path}"]["post"]["requestBody"]
    schema: dict[str, Any] = body["content"]["application/json"]["schema"]
    return schema


def test_everything_sent_and_answered_is_as_described(client: ReviewingClient, academy: Event) -> None:
    ada, bob = factories.registration(academy), factories.registration(academy, email="bob@x.example")
    event = get_event(academy.slug)
    session = event.sessions[1]

    def post(path: str, message: dict[str, Any]) -> Any:
        if path != "leave":
            assert list(faults(message, wanted(path))) == []
        response = client.post(f"{contract.PATH}/{path}", json=message)
        assert list(faults(response.get_json(), described(path, "post", response.status_code))) == []
        return response.get_json()

    def get_list() -> None:
        response = client.get(f"{contract.PATH}/list")
        assert list(faults(response.get_json(), described("list", "get", response.status_code))) == []

    def scan(**whose: Any) -> dict[str, Any]:
        nonce = str(uuid.uuid4())
        return {"nonce": nonce, "session": session.id, "kind": "in", "source": "scan", "scanned_at": now, **whose}

    now = clock.now().isoformat()
    get_list()
    post("pair", {"code": "0", "label": "x"})
    code = operations.make_pairing_code(event, rights=list(Right), most_doors=1, by="olga").secret
    post("pair", {"code": code, "label": "Vchod"})
    scans = [scan(token=ada.ticket_code), scan(person=ada.id, source="manual"), scan(hash="0" * 32)]
    post("scans", {"now": now, "list_age_s": None, "waiting": 3, "scans": scans})
    post("scans", {"now": now, "scans": [scan(person=bob.id), scan(person=bob.id, kind="out")]})
    person = {"given_name": "Cyril", "family_name": "Řehoř", "ticket_type": ada.ticket_type_id, "session": session.id}
    post("walk-ins", {"nonce": str(uuid.uuid4()), "now": now, "scanned_at": now, **person})
    get_list()
    post("leave", {})


def test_description_knows_what_the_server_refuses() -> None:
    good = {
        "nonce": str(uuid.UUID(int=7)),
        "session": 1,
        "kind": "in",
        "source": "scan",
        "scanned_at": "x",
        "person": 1,
    }
    schema = DOCUMENT["components"]["schemas"]["Scan"]
    assert list(faults(good, schema)) == []
    for wrong in ({"kind": "IN"}, {"nonce": "1"}, {"hash": "0" * 32}, {"token": "0", "person": None}, {"extra": 1}):
        assert list(faults({**good, **wrong}, schema)), wrong
