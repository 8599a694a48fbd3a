"""The files of a record: its tables, its PDF, and what the print shop makes of a longer one."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registration.core import clock, i18n
from registration.core.web import attached_file, inline_file, refreshing
from registration.printing import queries as prints
from registration.printing.errors import JobNotFound
from registration.printing.models import PrintJob
from registration.records import documents, operations, rules
from registration.records.queries import Record

_PDF = "application/pdf"


def asked_year(default: int | None = None) -> int:
    """Return the year the address asks for with `rok`; without it this year."""
    return rules.read_year(request.values.get("rok"), default=default or clock.local_now().year)


@dataclass(frozen=True)
class Papers:
    """A record, and where the pages and files of whose it is are."""

    record: Record
    subject: dict[str, int]  # by which the worker finds it again
    pages: str  # how the names of its endpoints begin
    arguments: dict[str, Any]  # of their addresses

    @property
    def is_one_page(self) -> bool:
        """Say whether the PDF can be had at once."""
        return documents.fits_on_page(self.record)

    def url(self, page: str = "", **arguments: Any) -> str:
        """Return the address of a page or a file, of the same year."""
        endpoint = f"{self.pages}_{page}" if page else self.pages
        return url_for(endpoint, **self.arguments, rok=self.record.year, **arguments)

    def table(self, kind: str) -> Response:
        """Send the record as a table."""
        content = documents.record_table(self.record, kind)
        return attached_file(content, mime_type=documents.TABLES[kind][0], name=f"{self._name}.{kind}")

    def paper(self) -> Response:
        """Send the record of one page; for a longer one lead back to where it can be asked for."""
        if not self.is_one_page:
            return redirect(self.url(), HTTPStatus.SEE_OTHER)
        return inline_file(documents.paper(self.record), mime_type=_PDF, name=f"{self._name}.pdf")

    def print(self) -> Response:
        """Ask the worker for the PDF, and lead to where it will be."""
        parameters = {**self.subject, "year": self.record.year, "language": i18n.language()}
        job = operations.print_record(self.record, parameters=parameters)
        return redirect(self.url("job", job_id=job.id), HTTPStatus.SEE_OTHER)

    def job_page(self, job_id: int, *, layout: str) -> Response:
        """Show how far the print shop is."""
        job = self._job(job_id)
        page = render_template("records/printing.html", job=job, papers=self, layout=layout)
        return refreshing(page, is_over=job.is_over)

    def file(self, job_id: int, position: int) -> Response:
        """Send a file that was printed."""
        printed = prints.get_file(self._job(job_id), position)
        return inline_file(printed.pdf, mime_type=_PDF, name=printed.name)

    @property
    def _name(self) -> str:
        return f"vzdelavani-{self.record.year}"

    def _job(self, job_id: int) -> PrintJob:
        """Return a job about this very subject. Raises JobNotFound."""
        job = prints.get_job(job_id)
        if job.kind != documents.PRINT_KIND or any(job.parameters.get(k) != v for k, v in self.subject.items()):
            raise JobNotFound
        return job
