"""Behaves like connectors of SOAR products: polls offenses by id, enriches, searches events, loads the old sets."""

import json
import os
import sys
import time
import urllib.parse

from console_access import say, send

VERSION = sys.argv[1]
BASE = {"Version": VERSION, "SEC": os.environ["CONSOLE_TOKEN"], "Accept": "*/*"}


class Failed(Exception):
    pass


def ask(method, path, params=None, body=None, extra=None):
    query = {key: value for key, value in (params or {}).items() if value is not None}
    # As the usual HTTP library writes parameters: spaces as +, a plus as %2B.
    address = "/api" + path + ("?" + urllib.parse.urlencode(query) if query else "")
    headers = dict(extra or {}, **BASE)
    data = None
    if body is not None:
        headers["Content-Type"], data = "application/json", json.dumps(body).encode("utf-8")
    reply = send(method, address, headers, data)
    if reply.code >= 400:
        message = reply.json.get("message", "")
        if "items=x-y" in message:
            message = "Failed to parse Range argument"
        elif "No SEC header present in request" in message:
            message = "make sure credentials are correct"
        elif "insufficient capabilities" in message:
            message = "the credentials do not have the needed permissions"
        raise Failed("[%d] %s" % (reply.code, message))
    return reply.json if reply.text else None


def attempt(step, *arguments, **more):
    try:
        ask(*arguments, **more)
        say(step, "worked")
    except Failed as error:
        say(step, str(error))


def names(path, ids, field):
    listed = ask("GET", path, {"filter": "id in (%s)" % ",".join(map(str, ids)), "fields": "id," + field})
    return [one[field] for one in listed]


ask("GET", "/ariel/databases")
offenses = ask("GET", "/siem/offenses", {"filter": "id>0 AND status=OPEN", "sort": "+id"}, extra={"Range": "items=0-49"})
first = offenses[0]
say("fetched", len(offenses), [one["id"] for one in offenses] == sorted(one["id"] for one in offenses))
later = ask("GET", "/siem/offenses", {"filter": "id>%d AND (status=OPEN)" % offenses[-1]["id"], "sort": "+id"},
            extra={"Range": "items=0-49"})
say("nothing new", later)
changed = ask("GET", "/siem/offenses", {"filter": "id <= %d AND status=OPEN" % first["id"], "fields": "id,start_time"},
              extra={"Range": "items=0-0"})
say("mirrored", changed == [{"id": first["id"], "start_time": first["start_time"]}])
say("type", names("/siem/offense_types", [first["offense_type"]], "name"))
say("rules", names("/analytics/rules", [one["id"] for one in first["rules"]], "name"))
say("domain", names("/config/domain_management/domains", [first["domain_id"]], "name"))
addresses = names("/siem/source_addresses", first["source_address_ids"], "source_ip")
say("addresses", addresses)
assets = ask("GET", "/asset_model/assets", {
    "filter": " or ".join('interfaces contains ip_addresses contains value="%s"' % ip for ip in addresses)},
    extra={"Range": "items=0-49"})
say("assets", assets)

query = ("SELECT QIDNAME(qid), LOGSOURCENAME(logsourceid), CATEGORYNAME(highlevelcategory), CATEGORYNAME(category), "
         "PROTOCOLNAME(protocolid), sourceip, sourceport, destinationip, destinationport, QIDDESCRIPTION(qid), "
         "username, RULENAME(\"creEventList\"), sourcegeographiclocation, sourceMAC, sourcev6, "
         "destinationgeographiclocation, destinationv6, LOGSOURCETYPENAME(devicetype), credibility, severity, "
         "magnitude, eventcount, eventDirection, postNatDestinationIP, postNatDestinationPort, postNatSourceIP, "
         "postNatSourcePort, preNatDestinationPort, preNatSourceIP, preNatSourcePort, UTF8(payload), starttime, "
         "devicetime FROM events WHERE INOFFENSE(%d) limit 20 START %d" % (first["id"], first["start_time"]))
search = ask("POST", "/ariel/searches", {"query_expression": query})
while search["status"] not in ("COMPLETED", "CANCELED", "ERROR"):
    time.sleep(0.05)
    search = ask("GET", "/ariel/searches/" + search["search_id"])
events = ask("GET", "/ariel/searches/%s/results" % search["search_id"], extra={"Range": "items=0-49"})["events"]
say("events", search["status"], len(events) == first["event_count"], events[0]["username"], events[0]["qidname_qid"],
    events[0]["rulename_creEventList"], events[0]["sourceMAC"], events[0]["utf8_payload"].startswith("<13"))
say("searches", search["search_id"] in ask("GET", "/ariel/searches", extra={"Range": "items=0-49"}))

note = ask("POST", "/siem/offenses/%d/notes" % first["id"], {"note_text": "from a playbook: 100 % + more"})
say("note", note["note_text"], note["username"])
say("notes", ask("GET", "/siem/offenses/%d/notes" % first["id"], extra={"Range": "items=0-49"})[-1] == note)
ask("POST", "/siem/offenses/%d" % first["id"], {"follow_up": "true", "assigned_to": "analyst1"})
attempt("wrong assignee", "POST", "/siem/offenses/%d" % first["id"], {"assigned_to": "griklin"})

name = "soar/%s indicators" % VERSION
quoted = urllib.parse.quote(name.replace("/", "-"), safe="")
created = ask("POST", "/reference_data/sets", {"name": name.replace("/", "-"), "element_type": "ALN",
                                               "timeout_type": "FIRST_SEEN", "time_to_live": "1 month"})
say("set", created["time_to_live"])
loaded = ask("POST", "/reference_data/sets/bulk_load/" + quoted, body=["1.1.1.1", "2.2.2.2", "1.1.1.1"])
say("indicators", loaded["number_of_elements"])
ask("POST", "/reference_data/sets/" + quoted, {"value": "3.3.3.3", "source": "soar"})
say("values", sorted(one["value"] for one in ask("GET", "/reference_data/sets/" + quoted)["data"]))
say("removed", ask("DELETE", "/reference_data/sets/%s/3.3.3.3" % quoted)["number_of_elements"])
say("deletion", ask("DELETE", "/reference_data/sets/" + quoted, {"purge_only": "false"})["status"])

sources = ask("GET", "/config/event_sources/log_source_management/log_sources", extra={
    "x-qrd-encryption-algorithm": "AES256", "x-qrd-encryption-password": "x", "Range": "items=0-1"})
say("log sources", len(sources) > 0, sorted(sources[0]["status"]))
say("geolocations", ask("GET", "/services/geolocations", {"filter": 'ip_address IN ("10.1.2.3",  "8.8.8.8")'}))
say("properties", len(ask("GET", "/config/event_sources/custom_properties/regex_properties",
                          {"fields": "name"}, extra={"Range": "items=0-2"})))
say("saved searches", [one["name"] for one in ask("GET", "/ariel/saved_searches", extra={"Range": "items=0-49"})])

attempt("bad range", "GET", "/siem/offenses", extra={"Range": "0-49"})
attempt("bad filter", "GET", "/siem/offenses", {"filter": "description = 5"})
attempt("unknown", "GET", "/siem/offenses/99999")
attempt("unknown search", "GET", "/ariel/searches/nothing/results")
attempt("bad query", "POST", "/ariel/searches", {"query_expression": "SELECT sourceip FROM events LAST 1 DAY"})
attempt("both", "POST", "/ariel/searches", {"query_expression": "SELECT qid FROM events", "saved_search_id": "2"})
attempt("not permitted", "GET", "/system/servers")
BASE["SEC"] = "wrong"
attempt("credentials", "GET", "/siem/offenses")
