"""Behaves like connectors that translate STIX patterns: lower-case headers, form bodies, results by Range, codes by text."""

import os
import time
import urllib.parse

from console_access import say, send

BASE = {"version": "8.0", "accept": "application/json", "sec": os.environ["CONSOLE_TOKEN"]}
SELECT = ("SELECT QIDNAME(qid) as qidname, qid as qid, CATEGORYNAME(category) as categoryname, category as categoryid, "
          "CATEGORYNAME(highlevelcategory) as high_level_category_name, logsourceid as logsourceid, "
          "LOGSOURCETYPENAME(devicetype) as logsourcename, starttime as starttime, endtime as endtime, "
          "devicetime as devicetime, sourceaddress as sourceip, sourceport as sourceport, sourcemac as sourcemac, "
          "destinationaddress as destinationip, username as username, eventdirection as direction, "
          "identityip as identityip, identityhostname as identity_host_name, eventcount as eventcount, "
          "PROTOCOLNAME(protocolid) as protocol, BASE64(payload) as payload, URL as url, magnitude as magnitude, "
          "EventID as eventid FROM events WHERE ")


def call(method, path, data=None, headers=None):
    form = urllib.parse.urlencode(data).encode("utf-8") if data else None
    return send(method, "/api/" + path, dict(BASE, **(headers or {})), form)


def transmit(condition):
    now = int(time.time() * 1000)
    query = "%s%s limit 100 START %d STOP %d" % (SELECT, condition, now - 600_000, now)
    made = call("POST", "ariel/searches", {"query_expression": query})
    if made.code != 201:
        return made.json["code"], made.json["message"]
    search_id = made.json["search_id"]
    while True:
        state = call("GET", "ariel/searches/" + search_id).json
        if state["status"] == "COMPLETED" and state["progress"] == 100:
            break
        if state["status"] in ("ERROR", "CANCELED"):
            return state["status"], state["error_messages"]
        time.sleep(0.05)
    reply = call("GET", "ariel/searches/%s/results" % search_id, headers={"Accept": "application/json", "Range": "items=0-99"})
    call("DELETE", "ariel/searches/" + search_id)
    return reply.code, reply.json["events"]


say("ping", call("GET", "help/resources").code)
say("databases", call("GET", "ariel/databases").json)
for condition in (
    "(sourceip = '10.1.2.3' OR destinationip = '10.1.2.3' OR identityip = '10.1.2.3')",
    "str(sourceip) LIKE '10.1.%' AND username = 'clientuser'",
    "INCIDR('10.0.0.0/8',sourceip) AND NOT (username = 'x')",
    "str(sourceip) IN ('10.1.2.3', '10.9.9.9')",
    "username ILIKE 'CLIENT%' AND (sourceport > '0' OR sourceport = '0')",
    "TEXT SEARCH 'clientuser AND 4625' ",
    "TEXT SEARCH 'nowhere OR clientuser' ",
    "(destinationport = '1' OR URL = 'http://example.com')",
    "devicetype = 18",
    "nothing = '1'",
    "username MATCHES '^client[a-z]+$'",
):
    code, events = transmit(condition)
    say(condition, code, len(events) if isinstance(events, list) else events)
code, events = transmit("username = 'clientuser'")
say("event", events[0]["username"], events[0]["sourceip"], events[0]["protocol"], events[0]["eventid"], events[0]["url"])
say("missing", call("GET", "ariel/searches/none").json["code"])
say("busy", call("GET", "ariel/searches/none/results").json["message"])
say("method", call("PUT", "ariel/searches").code)
