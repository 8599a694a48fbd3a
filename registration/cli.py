"""Commands: `flask --app wsgi …`."""

import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from urllib.error import URLError

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade
from honcho.manager import Manager

from registration import demo
from registration.accounts.errors import PersonNotFound
from registration.accounts.models import RoleName
from registration.accounts.operations import create_account, remove_second_factors
from registration.accounts.queries import find_person
from registration.core import pdf, queue, settings
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.core.errors import Refusal
from registration.core.settings import PROJECT, Settings
from registration.mail import mailbox
from registration.mail.bounces import LARGEST_BYTES
from registration.programme import load_programme

_STARTING_TIME_S = 60
_STOPPED_ON_PURPOSE = {None, 128 + signal.SIGINT, 128 + signal.SIGTERM}
mail_group = AppGroup("mail", help="Messages that came back.")
demo_group = AppGroup("demo", help="The demo world and its clock; only with DEMO=1.")


def init_app(app: Flask) -> None:
    """Add the commands; those of the demo only in the demo."""
    for command in (serve, worker, create_admin, let_in_again, import_programme):
        app.cli.add_command(command)
    app.cli.add_command(mail_group)
    if app.extensions["settings"].demo:
        app.cli.add_command(demo_group)


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Run the server and the worker until SIGINT or SIGTERM."""
    chosen = settings.current()
    _refuse_taken_port(chosen)
    _refuse_old_database()
    missing = pdf.missing_libraries()
    if missing:
        click.echo(
            f"System libraries for papers are missing or papers will be slow. Please type:  {missing}",
            err=True,
        )
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    manager = Manager()
    # Whichever ends comes back, whatever ended it; nothing is lost meanwhile, the outbox waits.
    manager.add_process("web", f"while :; do {_web_command(binaries, chosen)}; sleep 1; done", env=environment)
    manager.add_process("worker", f"while :; do {binaries}/flask --app wsgi worker; sleep 1; done", env=environment)
    threading.Thread(target=_welcome, args=(chosen,), daemon=True).start()
    manager.loop()
    sys.exit(0 if manager.returncode in _STOPPED_ON_PURPOSE else manager.returncode)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run the background worker: mails, papers, clockwork."""
    queue.run_worker(current_app._get_current_object())  # type: ignore[attr-defined]  # the proxy's own way out


@click.command("create-admin")
@click.argument("email")
@click.password_option()
@with_appcontext
def create_admin(email: str, password: str) -> None:
    """Create the account of an administrator, who invites the others."""
    try:
        user = create_account(email, password=password, roles=[RoleName.ADMINISTRATOR], by="command line")
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"{user.email} can sign in at {settings.current().base_url}/prihlaseni")


@click.command("let-in-again")
@click.argument("email")
@with_appcontext
def let_in_again(email: str) -> None:
    """Forget the second factor and passkeys of somebody who has lost them, when nobody else can do it."""
    user = find_person(email.strip().lower())
    if user is None:
        raise click.ClickException(PersonNotFound().message)
    remove_second_factors(user, by="command line")
    click.echo(f"{user.email} can sign in with the password alone, or set a new one: ", nl=False)
    click.echo(f"{settings.current().base_url}/zapomenute-heslo")


@click.command("import-programme")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_programme(file: Path) -> None:
    """Load a programme of events from a TOML file; events that exist stay as they are."""
    click.echo(f"New events: {load_programme(file)}")


@mail_group.command("read-bounces")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A Maildir, or *.eml.")
def read_bounces(folder: Path | None) -> None:
    """Read a returned message from standard input, or all in a folder, and write down what it tells.

    Always ends well: a mail server that feeds it would only return the message once more.
    """
    if folder is None:
        is_ours = mailbox.read_message(sys.stdin.buffer.read(LARGEST_BYTES + 1), "The message")
        click.echo("Written down." if is_ours else "This tells of no message of ours.")
    else:
        found = mailbox.read_folder(folder)
        click.echo(f"Read: {found.read}. Moved to unread/: {found.unread}.")


@demo_group.command("load")
def demo_load() -> None:
    """Make the demo world, once."""
    demo.load()


@demo_group.command("travel")
@click.argument("moment", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]))
def demo_travel(moment: datetime) -> None:
    """Set the demo's clock to a moment of Prague time, such as 2025-03-26T08:30."""
    demo.travel(moment.replace(tzinfo=PRAGUE))
    click.echo(f"It is now {moment:%Y-%m-%d %H:%M} in the demo.")


@demo_group.command("run")
@click.pass_context
def demo_run(context: click.Context) -> None:
    """Bring the database up to date, make the demo world and run everything."""
    upgrade()
    demo.load()
    db.session.remove()  # this process only watches from now on and must hold no transaction
    context.invoke(serve)


def _refuse_taken_port(chosen: Settings) -> None:
    """Stop if somebody listens there: the server would share the port, and visitors would meet one or the other."""
    with socket.socket(socket.AF_INET6 if ":" in chosen.host else socket.AF_INET) as probe:
        if probe.connect_ex((chosen.host, chosen.port)) == 0:
            raise click.ClickException(f"Port {chosen.port} is taken. Try another one, such as PORT={chosen.port + 1}.")


def _refuse_old_database() -> None:
    """Stop if migrations are missing; every page would fail."""
    wanted = ScriptDirectory(str(PROJECT / "migrations")).get_current_head()
    with db.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise click.ClickException("The database is not up to date. Please type:  flask --app wsgi db upgrade")


def _web_command(binaries: Path, chosen: Settings) -> str:
    return (
        f"{binaries}/granian --interface wsgi --host {chosen.host} --port {chosen.port} --workers {chosen.web_workers} "
        "--blocking-threads 1 --respawn-failed-workers --log-level warning wsgi:app"
    )


def _welcome(chosen: Settings) -> None:
    """Say where to look as soon as the server answers."""
    address = chosen.base_url if chosen.demo else f"http://{chosen.host}:{chosen.port}"
    until = time.monotonic() + _STARTING_TIME_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - our own address
                click.echo(_greeting(address) if chosen.demo else f"Prezence runs at {chosen.base_url}")
                return
        except (URLError, OSError):
            time.sleep(0.2)


def _greeting(address: str) -> str:
    return f"""
  Prezence – ukázka                {address}
  Přihlášení pořadatele            {address}/prihlaseni
                                   {demo.STAFF_EMAIL} / {demo.STAFF_PASSWORD}

  Co zkusit:
   1. Přihlásit se na AI akademii  {address}/akce/setkani-sekce-ai-v-praxi-manazera
   2. Přečíst si potvrzení         {address}/sprava/posta
   3. V proužku „Ukázka“ skočit na den akce a odbavit kód na {address}/sprava
   4. Skočit za akademii, vydat osvědčení a ověřit je na {address}/overeni

  Konec: Ctrl+C
"""
