"""/open-data: the totals for everybody, as a page, as CSV and JSON, and described for catalogues of open data (DCAT-AP-NL)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from flask import Response, make_response, request

from webapp.foundation.database import db
from webapp.foundation.pages import extension, page
from webapp.foundation.sheets import safe_cell
from webapp.foundation.texts import N_
from webapp.foundation.texts import gettext as _
from webapp.reports import totals
from webapp.reports.blueprint import pages

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
ONE_HOUR = "public, max-age=3600"
# name in the files -> words on the page
COLUMNS = {
    "people": N_("People who worked"), "placements_started": N_("Places that began"), "hours": N_("Hours worked"), "premium_euros": N_("Premium earned, in euros"),
    "average_tariff_cents": N_("Average tariff an hour"), "lowest_tariff_cents": N_("Lowest tariff allowed"), "to_paid_work": N_("People to paid work"),
    "requests_refused": N_("Requests refused"), "judged_anyway": N_("Judged anyway, by two people"), "reports": N_("Reports about work"),
    "reports_founded": N_("Reports that were right"),
}  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Everything that was told, one row per municipality and quarter. None: too few to tell."""
    return [
        {"municipality": one.name, "quarter": one.quarter, **{name: one.figures[name] for name in COLUMNS}, "smallest_number": one.smallest,
         "rounded_to": one.round_to, "published_on": one.made_at.date().isoformat()}
        for one in totals.all_told(db())
    ]  # fmt: skip


@pages.get("/open-data")
def open_data() -> Response:
    """The totals of one municipality, the latest quarter first, and where the files are."""
    found = totals.all_told(db())
    towns = sorted({(one.name, one.slug) for one in found})
    slug = request.args.get("municipality", "")
    chosen = slug if slug in {one for _name, one in towns} else (towns[0][1] if towns else "")
    shown = [one for one in reversed(found) if one.slug == chosen][:12]
    return page("reports/open_data.html", shown=shown, towns=towns, chosen=chosen, columns=[(name, _(words)) for name, words in COLUMNS.items()])


@pages.get("/open-data.csv")
def open_data_csv() -> Response:
    out, found = io.StringIO(), rows()
    writer = csv.writer(out)
    writer.writerow(["municipality", "quarter", *COLUMNS, "smallest_number", "rounded_to", "published_on"])
    for row in found:
        writer.writerow(["" if cell is None else safe_cell(cell) for cell in row.values()])
    return public("\ufeff" + out.getvalue(), "text/csv", "opstap-open-data.csv")


@pages.get("/open-data.json")
def open_data_json() -> Response:
    told = {"licence": LICENCE, "described_at": address("/open-data/dcat.jsonld"), "null_means": "fewer than smallest_number", "rows": rows()}
    return public(json.dumps(told, ensure_ascii=False), "application/json", "opstap-open-data.json")


@pages.get("/open-data/dcat.jsonld")
def open_data_described() -> Response:
    """What catalogues read: a dataset with two files, its licence, publisher and rhythm."""
    return public(json.dumps(description(), ensure_ascii=False, indent=1), "application/ld+json", "opstap-dcat.jsonld")


def public(text: str, kind: str, name: str) -> Response:
    """A file that may be kept an hour, also by what stands between; the same content has the same mark."""
    answer = make_response(text)
    answer.headers["Content-Type"] = f"{kind}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = ONE_HOUR
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def address(path: str) -> str:
    return f"{extension('settings').url}{path}"


def description() -> dict[str, Any]:
    """DCAT-AP-NL 3.0 as JSON-LD. The words are Dutch, the language of the publisher."""
    told = totals.all_told(db())
    here = address("/open-data")
    theme = "http://publications.europa.eu/resource/authority/data-theme/SOCI"
    publisher = {
        "@id": f"{here}#publisher", "@type": "foaf:Agent", "foaf:name": {"@language": "nl", "@value": ", ".join(sorted({one.name for one in told})) or "Opstap"}
    }  # fmt: skip

    def distribution(path: str, media: str, kind: str) -> dict[str, Any]:
        return {
            "@id": address(path), "@type": "dcat:Distribution", "dct:title": {"@language": "nl", "@value": f"Totalen per gemeente en kwartaal ({kind})"},
            "dcat:accessURL": {"@id": here}, "dcat:downloadURL": {"@id": address(path)}, "dct:license": {"@id": LICENCE},
            "dcat:mediaType": {"@id": f"http://www.iana.org/assignments/media-types/{media}"},
            "dct:format": {"@id": f"http://publications.europa.eu/resource/authority/file-type/{kind}"},
        }  # fmt: skip

    dataset: dict[str, Any] = {
        "@id": f"{here}#dataset", "@type": "dcat:Dataset", "dct:identifier": f"{here}#dataset",
        "dct:title": {"@language": "nl", "@value": "Tijdelijk werk met behoud van uitkering: totalen per gemeente en kwartaal"},
        "dct:description": {
            "@language": "nl",
            "@value": "Mensen aan het werk, uren, premie, tarief, uitstroom naar betaald werk, geweigerde aanvragen, oordelen door twee mensen en meldingen. "
            "Kleine aantallen ontbreken en de andere zijn afgerond, zodat niemand te herkennen is. Een kwartaal wordt eenmaal geteld en daarna niet veranderd.",
        },
        "dct:publisher": publisher, "dcat:contactPoint": {"@type": "vcard:Kind", "vcard:hasURL": {"@id": here}}, "dcat:theme": {"@id": theme},
        "dct:license": {"@id": LICENCE}, "dct:accessRights": {"@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC"},
        "dct:accrualPeriodicity": {"@id": "http://publications.europa.eu/resource/authority/frequency/QUARTERLY"},
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/NLD"},
        "dct:spatial": {"@id": "http://publications.europa.eu/resource/authority/country/NLD"}, "dcat:landingPage": {"@id": here},
        "dcat:keyword": [{"@language": "nl", "@value": word} for word in ("bijstand", "werk", "Participatiewet", "stimuleringspremie")],
        "dcat:distribution": [distribution("/open-data.csv", "text/csv", "CSV"), distribution("/open-data.json", "application/json", "JSON")],
    }  # fmt: skip
    if told:
        dataset["dct:issued"] = {"@type": "xsd:date", "@value": min(one.made_at for one in told).date().isoformat()}
        dataset["dct:modified"] = {"@type": "xsd:date", "@value": max(one.made_at for one in told).date().isoformat()}
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@graph": [
            {
                "@id": f"{here}#catalog", "@type": "dcat:Catalog", "dct:title": {"@language": "nl", "@value": "Open data van Opstap"},
                "dct:description": {"@language": "nl", "@value": "Totalen over tijdelijk werk met behoud van uitkering."}, "dct:publisher": {"@id": publisher["@id"]},
                "dct:license": {"@id": LICENCE}, "dcat:dataset": {"@id": dataset["@id"]},
            },
            dataset,
        ],
    }  # fmt: skip
