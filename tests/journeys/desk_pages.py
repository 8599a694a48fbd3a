"""Every page of the back office there is, with what stands in its address; and what is no page."""

from typing import Any

from tests.journeys.desk_world import ACADEMY, FULL, MEETING, Season

Arguments = dict[str, Any]  # of an address; what its rule does not name follows the question mark

# Files, parts of pages that are shown in a frame or read by a script, and two addresses that lead on.
NO_PAGES = {
    "badges.attendance_sheet",
    "certificates_staff.archive",
    "certificates_staff.paper",
    "event_mail.preview",
    "events_papers.event_poster",
    "events_staff.picture_file",
    "exports_staff.csv",
    "exports_staff.workbook",
    "imports_staff.empty_workbook",
    "imports_staff.faults",
    "mail.download",
    "mail.preview",
    "membership_staff.export",
    "messages.count",
    "messages.preview",
    "organisations_staff.export",
    "printing.file",
    "papers_settings.picture",
    "security.wan_delete",
    "records_staff.index_table",
    "records_staff.library_file",
    "records_staff.library_paper",
    "records_staff.library_table",
    "year.csv",
    "year.this_year",
    "year.workbook",
}


def pages(season: Season) -> dict[str, list[Arguments]]:
    """Return the pages by endpoint; those of an event are of the academy unless they name another."""
    event = {"slug": ACADEMY}
    person = event | {"registration_id": season.person}
    cancelled = event | {"registration_id": season.cancelled}
    waiting = {"slug": FULL, "registration_id": season.waiting}
    library = {"organisation_id": season.library}
    draft = event | {"message_id": season.draft}
    nothing_found = {"q": "nikdo takový"}
    return {
        "account.page": [{}],
        "badges.badges": [event],
        "certificates_staff.look": [event],
        "certificates_staff.new_rule": [event],
        "certificates_staff.new_speaker": [event],
        "certificates_staff.overview": [event, {"slug": MEETING}],
        "certificates_staff.progress": [event | {"rule_id": season.rule}],
        "certificates_staff.rule_form": [event | {"rule_id": season.rule}],
        "certificates_staff.speaker_form": [event | {"speaker_id": season.speaker}],
        "certificates_staff.speakers": [event],
        "checkin.session_page": [event | {"code": "ai-brno"}],
        "checkin.sessions": [event],
        "checkin_sheet.form": [event | {"code": "ai-brno"}],
        "doors.doors": [event],
        "event_mail.board": [event],
        "event_mail.message": [event | {"message_id": season.returned_letter}],
        "events_staff.answers": [event],
        "events_staff.basics": [event],
        "events_staff.cancellation": [{"slug": FULL}, event],
        "events_staff.changes": [event],
        "events_staff.copy_form": [event],
        "events_staff.index": [{}],
        "events_staff.new_event": [{"key": "akademie"}],
        "events_staff.new_question": [event],
        "events_staff.new_session": [event],
        "events_staff.new_ticket_type": [event],
        "events_staff.overview": [event, {"slug": FULL}, {"slug": "long-story-short"}],
        "events_staff.picture": [event, {"slug": FULL}],
        "events_staff.preview": [event],
        "events_staff.publication": [event, {"slug": season.unpublished}],
        "events_staff.question_form": [event | {"question_id": season.question}],
        "events_staff.questions": [event],
        "events_staff.session_form": [event | {"code": "ai-brno"}, event | {"code": "ai-online-1"}],
        "events_staff.templates": [{}],
        "events_staff.ticket_type_form": [event | {"ticket_type_id": season.ticket_type}],
        "history.everything": [{}],
        "history.of_event": [event],
        "history.of_organisation": [library],
        "history.of_person": [person],
        "imports_staff.columns_form": [{"slug": MEETING, "import_id": season.people_new}],
        "imports_staff.form": [event],
        "imports_staff.preview": [
            {"slug": MEETING, "import_id": season.people_mapped},
            {"slug": MEETING, "import_id": season.people_done},
        ],
        "mail.addresses": [{}],
        "mail.log": [{}],
        "mail.message": [{"message_id": season.letter}],
        "membership_staff.application": [
            {"application_id": season.application},
            {"application_id": season.decided_application},
        ],
        "membership_staff.applications": [{}],
        "messages.confirmation": [draft],
        "messages.edit": [draft],
        "messages.index": [event],
        "messages.message": [draft, event | {"message_id": season.sent_message}],
        "messages.new": [event],
        "organisations_staff.directory": [{}, nothing_found],
        "organisations_staff.duplicates": [{}],
        "organisations_staff.entry": [library],
        "organisations_staff.import_form": [{}],
        "organisations_staff.import_preview": [{"import_id": season.libraries}],
        "organisations_staff.members": [{}],
        "organisations_staff.merging": [{"organisation_id": season.duplicate, "do": season.library}],
        "organisations_staff.new": [{}],
        "organisations_staff.organisation": [library],
        "papers_settings.form": [{}],
        "people.index": [{}],
        "people.new": [{}],
        "people.person": [{"user_id": season.colleague}, {"user_id": season.invited}],
        "printing.job": [event | {"job_id": season.print_job}],
        "records_staff.index": [{"rok": 2025}],
        "records_staff.letters": [{"rok": 2025}],
        "records_staff.library": [library | {"rok": 2025}],
        "records_staff.library_job": [library | {"job_id": season.record_print}],
        "records_staff.settings_form": [{}],
        "security.change_password": [{}],
        "security.mf_recovery_codes": [{}],
        "security.two_factor_setup": [{}],
        "security.verify": [{}],
        "security.wan_register": [{}],
        "settings_staff.form": [{}],
        "signups_staff.bulk_action": [
            event | {"akce": action, "osoba": [season.person, season.cancelled]}
            for action in ("oznacit", "odznacit", "poslat", "presunout", "odhlasit")
        ],
        "signups_staff.correction": [person],
        "signups_staff.moving": [person],
        "signups_staff.new": [event],
        "signups_staff.registration": [person, cancelled, waiting],
        "signups_staff.registrations": [event, event | nothing_found, {"slug": FULL, "stav": "waiting"}],
        "signups_staff.substitution": [person],
        "year.year": [{"number": 2025}],
    }
