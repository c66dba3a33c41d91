"""Reads what a built site says to machines, with parsers that are not ours: machine_readable.py PUBLIC

Feeds, calendars, site map and structured data. Prints a line for each problem and exits 1, or what it read and exits 0.
"""

import collections
import datetime
import html.parser
import json
import pathlib
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ET

import feedparser
import icalendar

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")

problems = []
read = collections.Counter()


def check(holds, file, problem):
    if not holds:
        problems.append(f"{file}: {problem}")
    return holds


def is_absolute(address):
    return re.match(r"https?://[^/?#\s]+[/?#]?\S*$", str(address)) is not None


def is_date(text):
    return (INSTANT.fullmatch(str(text)) or DAY.fullmatch(str(text))) is not None


def repeated(values):
    return [value for value, times in collections.Counter(values).items() if times > 1]


class Page(html.parser.HTMLParser):
    """The links and the JSON-LD blocks of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.blocks, self.inside = [], [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [attributes[name] for name in ("href", "src") if attributes.get(name) is not None]
        self.inside = tag == "script" and attributes.get("type") == "application/ld+json"
        if self.inside:
            self.blocks.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.blocks[-1] += data


def check_feed(file, content, root):
    read["feeds"] += 1
    feed = feedparser.parse(content)
    check(not feed.bozo, file, f"feedparser: {feed.get('bozo_exception')}")
    check(feed.version == "atom10", file, f"is {feed.version or 'no feed'}, not Atom")
    authors = root.findall(f"{ATOM}author/{ATOM}name")
    check(root.get("{http://www.w3.org/XML/1998/namespace}lang"), file, "has no language")
    own = [link.get("href", "") for link in root.findall(f"{ATOM}link[@rel='self']")]
    check(len(own) == 1 and urllib.parse.urlsplit(own[0]).path == f"/{file}", file, f"says it is at {own}")
    for element in [root, *root.findall(f"{ATOM}entry")]:
        text = {name: element.findtext(ATOM + name, "").strip() for name in ("id", "title", "updated")}
        named = f"« {text['title']} »"
        check(text["title"], file, f"{text['id']} has no title")
        check(re.match(r"(https?://[^/]+|tag:[^:]+:|urn:uuid:).", text["id"]), file, f"id of {named}: {text['id']}")
        check(authors or element.findtext(f"{ATOM}author/{ATOM}name"), file, f"{named} has no author")
        for name in ("updated", "published"):
            for date in element.findall(ATOM + name) or [None] * (name == "updated"):
                holds = date is not None and INSTANT.fullmatch(date.text or "")
                check(holds, file, f"{named}: {name} is no instant")
        links = element.findall(f"{ATOM}link")
        check([link for link in links if link.get("rel") == "alternate"], file, f"{named} leads to no page")
        for link in links:
            check(is_absolute(link.get("href")), file, f"{named}: {link.get('href')} is not absolute")
    for id in repeated(entry.get("id") for entry in feed.entries):
        check(False, file, f"two entries are {id}")
    for entry in feed.entries:
        # feedparser has resolved what counts from the entry's own address.
        for content in entry.get("content", []):
            for link in Page(content.value).links:
                scheme = urllib.parse.urlsplit(link).scheme
                holds = is_absolute(link) or scheme in ("mailto", "tel", "data")
                check(holds, file, f"« {entry.title} »: {link} is not absolute")


def check_calendar(file, content):
    read["calendars"] += 1
    check(not re.search(rb"(?<!\r)\n|\r(?!\n)", content), file, "has lines that do not end with CRLF")
    check(all(len(line) <= 75 for line in content.split(b"\r\n")), file, "has lines of more than 75 octets")
    try:
        calendar = icalendar.Calendar.from_ical(content)
    except ValueError as error:
        check(False, file, f"icalendar: {error}")
        return
    whole = content.startswith(b"BEGIN:VCALENDAR\r\n") and content.endswith(b"\r\nEND:VCALENDAR\r\n")
    check(whole, file, "is no whole calendar")
    for name in ("VERSION", "PRODID"):
        check(name in calendar, file, f"has no {name}")
    errors = [error for component in calendar.walk() for error in component.errors]
    for name, error in errors:
        check(False, file, f"icalendar: {name}: {error}")
    if errors:
        return
    events = calendar.walk("VEVENT")
    check(events, file, "has no event")
    for uid in repeated(str(event.get("UID")) for event in events):
        check(False, file, f"two events are {uid}")
    for event in events:
        read["events"] += 1
        named = f"« {event.get('SUMMARY', '')} »"
        for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY"):
            check(event.get(name), file, f"{named} has no {name}")
        last = str(event.get("DESCRIPTION", "")).split() or [""]
        check(is_absolute(last[-1]), file, f"{named}: the description does not end with a link")
        check(last[-1] == str(event.get("URL", "")), file, f"{named}: URL is not the link of the description")
        moments = {name: event[name].dt for name in ("DTSTAMP", "DTSTART", "DTEND") if name in event}
        for name, moment in moments.items():
            floating = isinstance(moment, datetime.datetime) and moment.tzinfo is None
            check(not floating, file, f"{named}: {name} has no time zone")
        if "DTSTART" in moments and "DTEND" in moments:
            starts, ends = event["DTSTART"].to_ical(), event["DTEND"].to_ical()
            check(len(starts) == len(ends) and starts < ends, file, f"{named} does not end after its start")


def check_site_map(public, file, content, root, alternates):
    read["site maps"] += 1
    check(len(content) <= 50 * 1024 * 1024, file, "has more than 50 MB")
    check(0 < len(root) <= 50_000, file, f"has {len(root)} addresses")
    for url in root:
        address = url.findtext(f"{SITEMAP}loc", "")
        if not check(is_absolute(address), file, f"{address} is not absolute"):
            continue
        read["addresses"] += root.tag == f"{SITEMAP}urlset"
        path = public / urllib.parse.unquote(urllib.parse.urlsplit(address).path).lstrip("/")
        target = path / "index.html" if address.endswith("/") else path
        check(target.is_file(), file, f"{address} is not in the site")
        changed = url.findtext(f"{SITEMAP}lastmod")
        check(changed is None or is_date(changed), file, f"{address}: lastmod is {changed}")
        if root.tag == f"{SITEMAP}urlset":
            check(address not in alternates, file, f"has {address} twice")
            links = [(link.get("hreflang"), link.get("href")) for link in url.findall(LINK)]
            check(not repeated(language for language, _ in links), file, f"{address} has a language twice")
            alternates[address] = {href for _, href in links}


def check_alternates(alternates):
    """Google reads editions of a page only where each lists all, itself too."""
    for address, others in alternates.items():
        check(not others or address in others, "sitemap.xml", f"{address} is not among its own languages")
        for other in others:
            check(alternates.get(other) == others, "sitemap.xml", f"{other} has other languages than {address}")


def check_structured_data(file, text):
    for block in Page(text).blocks:
        read["blocks of structured data"] += 1
        check(not set(block) & set("<>&"), file, "JSON-LD: characters that HTML could read")
        try:
            data = json.loads(block)
        except ValueError as error:
            check(False, file, f"JSON-LD: {error}")
            continue
        for node in data if isinstance(data, list) else [data]:
            if check(isinstance(node, dict), file, f"JSON-LD: {node} is no node"):
                check(node.get("@context") == "https://schema.org", file, "JSON-LD: no @context of schema.org")
                check(node.get("@type") or node.get("@graph"), file, "JSON-LD: no @type")
                check_node(file, node)


def check_node(file, value):
    """Addresses are absolute, and nothing is empty."""
    for key, inner in value.items():
        check(inner not in (None, "", [], {}), file, f"JSON-LD: {key} is empty")
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, dict):
                check(item.get("@type"), file, f"JSON-LD: {key} has no @type")
                check_node(file, item)
            elif key in ("@id", "url", "item", "image", "logo", "mainEntityOfPage"):
                check(is_absolute(item), file, f"JSON-LD: {key}: {item} is not absolute")
            elif key.endswith("Date") or key.startswith("date"):
                check(is_date(item), file, f"JSON-LD: {key}: {item} is no date")


def main(public):
    check((public / "sitemap.xml").is_file(), "sitemap.xml", "is missing")
    alternates = {}
    for path in sorted(path for path in public.rglob("*") if path.is_file()):
        file = path.relative_to(public).as_posix()
        if path.suffix == ".xml":
            content = path.read_bytes()
            try:
                root = ET.fromstring(content)
            except ET.ParseError as error:
                check(False, file, f"XML: {error}")
                continue
            if root.tag == f"{ATOM}feed":
                check_feed(file, content, root)
            elif root.tag.startswith(SITEMAP):
                check_site_map(public, file, content, root, alternates)
        elif path.suffix == ".ics":
            check_calendar(file, path.read_bytes())
        elif path.suffix == ".html":
            check_structured_data(file, path.read_text(encoding="utf-8"))
    check_alternates(alternates)
    print("\n".join(problems) or ", ".join(f"{count} {what}" for what, count in sorted(read.items())))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
