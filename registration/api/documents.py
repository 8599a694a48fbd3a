"""The OpenAPI description of what phones at the door ask for. Words and limits are those the code goes by."""

from collections.abc import Mapping
from typing import Any

from registration.checkin import contract
from registration.checkin.errors import (
    DoorRefusal,
    DoorRevoked,
    LabelMissing,
    Malformed,
    NotPaired,
    PairingExpired,
    PairingUnknown,
    PairingUsedUp,
    RightMissing,
    WalkInRefused,
)
from registration.checkin.operations.pairing import LABEL_LENGTH
from registration.checkin.rules import Right, ScanKind, Verdict

Schema = dict[str, Any]

_JSON = "application/json"
_TOO_MANY, _TOO_LARGE, _BUSY = ("429", "too_many"), ("413", "too_large"), ("503", "busy")


def openapi(*, version: str, server: str) -> dict[str, Any]:
    """Return the description as OpenAPI 3.1, of this version of the program at that address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Prezence",
            "version": version,
            "description": "How a paired phone checks people in at one event, with or without a signal.",
        },
        "servers": [{"url": server}],
        "paths": _paths(),
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {
                "door": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": contract.COOKIE,
                    "description": "Set by pairing: HttpOnly, SameSite=Strict, for one event until it is over.",
                }
            },
        },
    }


def _paths() -> dict[str, Any]:
    return {
        f"{contract.PATH}/pair": {
            "post": {
                "operationId": "pair",
                "summary": "Exchange a pairing code for the cookie of a door",
                "security": [],
                "requestBody": _body("Pairing"),
                "responses": _responses(
                    "Paired",
                    PairingUnknown,
                    PairingExpired,
                    PairingUsedUp,
                    LabelMissing,
                    Malformed,
                    others=[_TOO_MANY, _TOO_LARGE, _BUSY],
                ),
            }
        },
        f"{contract.PATH}/list": {
            "get": {
                "operationId": "list",
                "summary": "Return everybody, or who has changed since a cursor, and what became of this door's scans",
                "security": [{"door": []}],
                "parameters": [
                    {
                        "name": "since",
                        "in": "query",
                        "schema": {"type": "string"},
                        "description": "The cursor of the list the phone has; more people may come than have changed.",
                    }
                ],
                "responses": _responses("List", NotPaired, DoorRevoked, others=[_BUSY]),
            }
        },
        f"{contract.PATH}/scans": {
            "post": {
                "operationId": "scans",
                "summary": "Send scans, each with a nonce of its own; none at all says that the phone is there",
                "description": (
                    "A nonce that was sent before gets its first answer again and writes nothing. Times are the "
                    "phone's; `now` corrects its clock. A phone that lacks a right it needs for one of the scans is "
                    "refused them all. What a revoked door sends is held for review."
                ),
                "security": [{"door": []}],
                "requestBody": _body("Scans"),
                "responses": _responses("Answers", NotPaired, RightMissing, Malformed, others=[_TOO_LARGE, _BUSY]),
            }
        },
        f"{contract.PATH}/walk-ins": {
            "post": {
                "operationId": "walk_ins",
                "summary": "Sign somebody up who stands at the door; the same nonce is the same person",
                "description": "Whom a revoked door lets in is held for review; then there is no person yet.",
                "security": [{"door": []}],
                "requestBody": _body("WalkIn"),
                "responses": _responses(
                    "WalkInAnswer",
                    NotPaired,
                    RightMissing,
                    WalkInRefused,
                    Malformed,
                    others=[_TOO_LARGE, _BUSY],
                ),
            }
        },
        f"{contract.PATH}/leave": {
            "post": {
                "operationId": "leave",
                "summary": "Let the phone cease to be a door",
                "security": [{"door": []}],
                "responses": _responses("Nothing", NotPaired, others=[_BUSY]),
            }
        },
    }


def _body(schema: str) -> Schema:
    return {"required": True, "content": {_JSON: {"schema": _ref(schema)}}}


def _responses(schema: str, *refusals: type[DoorRefusal], others: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the good answer and the bad ones by status, with their words."""
    words: dict[str, list[str]] = {}
    for status, word in [*((str(int(each.status)), each.code) for each in refusals), *others]:
        words.setdefault(status, []).append(word)
    return {
        "200": {"description": schema, "content": {_JSON: {"schema": _ref(schema)}}},
        **{
            status: {"description": ", ".join(each), "content": {_JSON: {"schema": _refusal(each)}}}
            for status, each in words.items()
        },
    }


def _refusal(words: list[str]) -> Schema:
    return {"allOf": [_ref("Refusal"), {"type": "object", "properties": {"error": {"enum": words}}}]}


def _ref(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _object(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(of: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": of, **limits}


def _words(words: object) -> Schema:
    return {"type": "string", "enum": [str(word) for word in words]}  # type: ignore[attr-defined]  # any enum or list


_TEXT: Schema = {"type": "string"}
_ID: Schema = {"type": "integer", "minimum": 0, "maximum": contract.LARGEST_ID}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MAYBE_COUNT: Schema = {"type": ["integer", "null"], "minimum": 0}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_NONCE: Schema = {"type": "string", "format": "uuid", "pattern": f"^{contract.NONCE.pattern}$"}
_HASH: Schema = {
    "type": "string",
    "pattern": f"^{contract.HASH.pattern}$",
    "description": "The first 32 hexadecimal digits of the SHA-256 of the code: 20 Crockford characters, upper case.",
}
_PREFIX: Schema = {
    "type": "string",
    "pattern": "^[0-9a-f]{6}$",
    "description": "The first 6 hexadecimal digits of the SHA-256 of `prefix:` and the first 8 characters of the code.",
}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": contract.LONGEST_NAME}
_EVENT = {"slug": _TEXT, "title": _TEXT}
_SCAN = {
    "nonce": _NONCE,
    "session": _ID,
    "kind": _words(ScanKind),
    "source": _words(contract.SOURCES),
    "scanned_at": _INSTANT,
    "token": {"type": "string", "maxLength": contract.LONGEST_TOKEN},
    "hash": _HASH,
    "person": _ID,
}
_RESULT = {"nonce": _NONCE, "verdict": _words(Verdict), "person": _ID, "since": _INSTANT, "door": _TEXT}

_SCHEMAS: dict[str, Schema] = {
    "Refusal": {
        "type": "object",
        "properties": {"error": _TEXT, "message": _TEXT},
        "required": ["error", "message"],
    },
    "Nothing": _object({}),
    "Door": _object({"id": _ID, "label": _TEXT, "rights": _list(_words(Right)), "expires_at": _INSTANT}),
    "Pairing": _object(
        {
            "code": {"type": "string", "description": "As typed or scanned; the whole link will do."},
            "label": {"type": "string", "maxLength": LABEL_LENGTH},
        }
    ),
    "Paired": _object({"door": _ref("Door"), "event": _object(_EVENT)}),
    "List": _object(
        {
            "cursor": _TEXT,
            "now": _INSTANT,
            "is_full": {"type": "boolean"},
            "language": _words(contract.LANGUAGES),
            "door": _ref("Door"),
            "event": _object({**_EVENT, "city": _TEXT}),
            "sessions": _list(_ref("Session")),
            "ticket_types": _list(_ref("TicketType")),
            "people": _list({"oneOf": [_ref("Person"), _ref("Gone")]}),
            "corrections": _list(_ref("Correction")),
        }
    ),
    "Session": _object(
        {
            "id": _ID,
            "code": _TEXT,
            "title": _TEXT,
            "day": {"type": "string", "format": "date"},
            "start": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "end": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "place": _TEXT,
            "expected": _COUNT,
            "is_online": {"type": "boolean"},
        }
    ),
    "TicketType": _object({"id": _ID, "code": _TEXT, "title": _TEXT, "sessions": _list(_ID)}),
    "Person": _object(
        {
            "id": _ID,
            "codes": _list(_HASH),
            "old_codes": _list(_HASH),
            "prefixes": _list(_PREFIX),
            "name": _TEXT,
            "list_name": _TEXT,
            "organisation": _TEXT,
            "ticket_type": _ID,
            "state": _words(["confirmed", "waiting", "cancelled"]),
            "in": {
                "type": "object",
                "description": "By the session's id, since when, where, and until when they were in.",
                "additionalProperties": _object(
                    {"at": _INSTANT, "door": {"type": ["string", "null"]}, "out": _INSTANT}, optional=("out",)
                ),
            },
        }
    ),
    "Gone": _object({"id": _ID, "state": _words(["gone"])}),
    "Scan": {
        **_object(_SCAN, optional=("token", "hash", "person")),
        "oneOf": [{"required": [name]} for name in ("token", "hash", "person")],
    },
    "Scans": _object(
        {
            "now": _INSTANT,
            "list_age_s": {**_MAYBE_COUNT, "maximum": contract.MOST_SECONDS},
            "waiting": {**_COUNT, "maximum": contract.MOST_WAITING},
            "scans": _list(_ref("Scan"), maxItems=contract.MOST_SCANS),
        },
        optional=("list_age_s", "waiting"),
    ),
    "Result": _object(_RESULT, optional=("person", "since", "door")),
    "Correction": _object({"nonce": _NONCE, "verdict": _words(["already_in"]), "since": _INSTANT, "door": _TEXT}),
    "Answers": _object({"now": _INSTANT, "results": _list(_ref("Result")), "corrections": _list(_ref("Correction"))}),
    "WalkIn": _object(
        {
            "nonce": _NONCE,
            "now": _INSTANT,
            "given_name": _NAME,
            "family_name": _NAME,
            "organisation": {"type": "string", "maxLength": contract.LONGEST_ORGANISATION},
            "ticket_type": _ID,
            "session": _ID,
            "scanned_at": _INSTANT,
        },
        optional=("organisation",),
    ),
    "WalkInAnswer": _object(
        {**_RESULT, "person": {"oneOf": [_ref("Person"), _ref("Gone")]}}, optional=("person", "since", "door")
    ),
}
