"""Behaves like IBM's library for apps: newest version, parameters in the address, CANCELLED, Range on results only."""

import os
import time
import urllib.parse

from console_access import say, send

HEADERS = {"Accept": "application/json", "SEC": os.environ["CONSOLE_TOKEN"]}


class ArielError(Exception):
    pass


def rest(method, path, params=None, headers=None):
    query = "?" + urllib.parse.urlencode(params) if params else ""
    return send(method, "/" + path + query, dict(HEADERS, **(headers or {})))


def search(query):
    reply = rest("POST", "api/ariel/searches", {"query_expression": query})
    if reply.code != 201:
        raise ArielError(reply.json["message"])
    return reply.json["search_id"]


def search_sync(query, timeout=20):
    search_id, until = search(query), time.time() + timeout
    while time.time() < until:
        state = rest("GET", "api/ariel/searches/" + search_id).json
        if state["status"] == "COMPLETED":
            return search_id, state["record_count"]
        if state["status"] in ("CANCELED", "ERROR"):
            raise ArielError("search %s" % state["status"])
        time.sleep(0.05)
    raise ArielError("timeout")


def results(search_id, start=0, end=0):
    headers = {"Range": "items=%d-%d" % (start, end)} if end > 0 else {}
    reply = rest("GET", "api/ariel/searches/%s/results" % search_id, headers=headers)
    if reply.code != 200:
        raise ArielError(reply.json["message"])
    return reply.json["events"]


search_id, count = search_sync("SELECT username, qid FROM events LIMIT 5 LAST 10 MINUTES")
say("count", count, len(results(search_id)), len(results(search_id, 1, 2)))
try:
    search("SELECT FROM events")
except ArielError as error:
    say("error", str(error))
# Cancels with two L; deletes and takes the documented 202 for a failure, as the library does.
running = search("SELECT username FROM events WHERE username MATCHES '.*' LAST 9 MINUTES")
reply = rest("POST", "api/ariel/searches/" + running, {"status": "CANCELLED"})
say("cancelled", reply.code, reply.json["status"] in ("CANCELED", "COMPLETED"))
try:
    say("deleted", rest("DELETE", "api/ariel/searches/" + search_id).code)
    results(search_id)
except ArielError as error:
    say("gone", str(error) == "Query %s does not exist" % search_id)
say("me", [one["label"] for one in rest("GET", "api/config/access/authorized_services",
                                        {"current_authorized_service": "true"}).json])
# An app gives its callers' tokens on, with a token against forged requests that a service does not need.
say("apps", rest("GET", "api/gui_app_framework/applications", headers={"QRadarCSRF": "x"}).code)
