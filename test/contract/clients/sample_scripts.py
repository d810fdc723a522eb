"""Behaves like the sample scripts that IBM publishes: old versions, parameters in addresses and forms, two Accept headers."""

import base64
import json
import os
import time
import urllib.parse

from console_access import say, send

TOKEN = os.environ["CONSOLE_TOKEN"]
FORM = {"Content-type": "application/x-www-form-urlencoded"}


def call(endpoint, method="GET", headers=None, data=None, version="6.0", accept="application/json"):
    actual = {"Accept": accept, "SEC": TOKEN}
    if version:
        actual["Version"] = version
    actual.update(headers or {})
    return send(method, "/api/" + endpoint, actual, data)


def form(**values):
    return urllib.parse.urlencode(values).encode("utf-8")


def body(value):
    return {"headers": {"Content-type": "application/json"}, "data": json.dumps(value).encode("utf-8")}


def introduction():
    basic = base64.b64encode(("admin:" + TOKEN).encode("ascii")).decode("ascii")
    reply = send("GET", "/api/help/versions", {"Accept": "application/json", "Authorization": "Basic " + basic})
    say("basic", reply.code, len(reply.json) > 20)
    for name, kind in (("users", "ALN"), ("ips", "IP"), ("keywords", "ALNIC"), ("ports", "PORT"), ("access", "DATE")):
        reply = call("reference_data/sets?name=samples_%s&element_type=%s" % (name, kind), "POST")
        say("create", reply.code, reply.json["name"])
    say("add", call("reference_data/sets/samples_users?value=dave", "POST").code)
    say("add", call("reference_data/sets/samples_keywords?value=sample", "POST").code)
    say("again", call("reference_data/sets?name=samples_ips&element_type=IP", "POST").json["message"])

    query = "filter=" + urllib.parse.quote("name between samples_a and samples_z and number_of_elements>0")
    names = [one["name"] for one in call("reference_data/sets?" + query).json]
    say("filled", sorted(names))
    position, total, seen = 0, 1, []
    while position < total:
        headers = {"Range": "items=%d-%d" % (position, position + 3)}
        reply = call("reference_data/sets?fields=" + urllib.parse.quote("name,number_of_elements"), headers=headers)
        total = int(reply.headers["Content-Range"].split("/")[1])
        seen += [one["name"] for one in reply.json]
        position += 4
    say("paged", len(seen) == total, len(set(seen)) == total)

    reply = call("reference_data/sets/bulk_load/samples_users", "POST", **body(["abc", "def", "123"]))
    say("bulk", reply.code, reply.json["number_of_elements"])
    reply = call("reference_data/sets/samples_none")
    say("missing", reply.code, reply.json["code"], reply.json["http_response"]["code"])
    reply = call("reference_data/sets?wrong_name=fake", "POST")
    say("wrong name", reply.code, reply.json["message"])
    say("deprecated", "Deprecated" in call("reference_data/sets").headers)
    reply = call("reference_data/sets", version="3.0")
    say("removed", reply.code, "has been removed" in reply.json["message"])
    reply = call("reference_data/sets", accept="text/html", version=None)
    say("not acceptable", reply.code)
    for name in ("users", "ips", "keywords", "ports", "access"):
        say("clean", call("reference_data/sets/samples_" + name, "DELETE").code)


def reference_data():
    types = [{"element_type": "IP", "key_name": "Server"}, {"element_type": "PORT", "key_name": "Port"},
             {"element_type": "DATE", "key_name": "Last_Login"}]
    reply = call("reference_data/tables?name=samples_access&element_type=ALN&key_name_types="
                 + urllib.parse.quote(json.dumps(types)), "POST")
    say("table", reply.code)
    now = str(int(time.time() * 1000))
    for outer, inner, value in (("calvin", "Server", "6.3.9.12"), ("calvin", "Port", "443"),
                                ("calvin", "Last_Login", now), ("mill", "Server", "7.1.1.1")):
        path = "reference_data/tables/samples_access?outer_key=%s&inner_key=%s&value=%s" % (outer, inner, value)
        say("cell", call(path, "POST").code)
    data = call("reference_data/tables/samples_access").json["data"]
    # Reports pad values and paste them into addresses: they must be text.
    say("row", data["calvin"]["Server"]["value"].ljust(10), data["calvin"]["Port"]["value"].ljust(4))
    path = "reference_data/tables/samples_access/calvin/Port?value=" + data["calvin"]["Port"]["value"]
    say("revoke", call(path, "DELETE").code)
    login = data["calvin"]["Last_Login"]
    say("times", int(login["value"]) == int(now), login["last_seen"] > 0)

    call("reference_data/map_of_sets?name=samples_logins&element_type=ALN", "POST")
    for key, value in (("3.4.5.6", "bob"), ("3.4.5.6", "jane"), ("2.1.4.7", "kim")):
        call("reference_data/map_of_sets/samples_logins?key=%s&value=%s" % (key, value), "POST")
    data = call("reference_data/map_of_sets/samples_logins").json["data"]
    say("logins", {key: len(data[key]) for key in data.keys()})
    reply = call("reference_data/map_of_sets/samples_logins?purge_only=true", "DELETE")
    say("purge", reply.code, reply.json["status"])
    say("clean", call("reference_data/map_of_sets/samples_logins", "DELETE").code,
        call("reference_data/tables/samples_access", "DELETE").code)


def ariel():
    say("databases", call("ariel/databases").json)
    fault = call("ariel/searches", "POST", FORM, form(query_expression="SELECT foobar from events"))
    say("faulty", fault.code, fault.json["code"], fault.json["details"]["token_text"])
    reply = call("ariel/searches", "POST", FORM,
                 form(query_expression="SELECT sourceIP, username from events", query_language_version="2"))
    state = reply.json
    say("search", reply.code, state["status"])
    while state["status"] in ("WAIT", "EXECUTE", "SORTING"):
        state = call("ariel/searches/" + state["search_id"]).json
    # A second Accept under a key of bytes goes out beside the first one; the later one is meant.
    path = "ariel/searches/%s/results" % state["search_id"]
    reply = call(path, headers={b"Accept": "application/json", b"Range": "items=1-11"})
    say("json", state["status"], len(reply.json["events"]), sorted(reply.json["events"][0]))
    reply = call(path, headers={b"Accept": "application/csv"})
    say("csv", reply.code, reply.headers["Content-Type"], reply.text.splitlines()[0])
    reply = call("ariel/searches/" + state["search_id"], "POST", FORM, form(save_results="True"))
    say("saved", reply.code, reply.json["save_results"])
    say("delete", call("ariel/searches/" + state["search_id"], "DELETE").code)


def offenses():
    listed = call("siem/offenses?fields=id,description,status,offense_type,offense_source&filter=status!=CLOSED")
    offense = listed.json[0]
    say("offense", listed.code, offense["offense_type"], offense["offense_source"])
    path = "siem/offenses/%d" % offense["id"]
    say("hide", call(path + "?status=HIDDEN&fields=status", "POST").json)
    say("show", call(path, "POST", FORM, form(status="OPEN", fields="status")).json)
    text = urllib.parse.quote("Looked at: 50 % done & \"more\" to do")
    reply = call(path + "/notes?note_text=" + text, "POST")
    say("note", reply.code, reply.json["note_text"])
    say("notes", [one["username"] for one in call(path + "/notes").json])
    whole = call(path).json
    ids = ",".join(str(one) for one in whole["source_address_ids"])
    sources = call("siem/source_addresses?filter=" + urllib.parse.quote("id in (%s)" % ids)).json
    say("sources", [one["source_ip"] for one in sources])
    assigned = call(path + "?assigned_to=nobody", "POST")
    say("assign", assigned.code, assigned.json["message"])
    reason = call("siem/offense_closing_reasons?reason=" + urllib.parse.quote("Closed by a sample"), "POST")
    say("reason", reason.code, reason.json["text"])
    say("no reason", call(path + "?status=CLOSED", "POST").json["message"])
    closing = "?status=CLOSED&closing_reason_id=%d&fields=id,status" % reason.json["id"]
    say("close", call(path + closing, "POST").json["status"])
    say("close again", call(path + closing, "POST").code)
    say("types", [one["name"] for one in call("siem/offense_types?filter=" + urllib.parse.quote("id in (0,3)")).json])


def configuration():
    base = "config/event_sources/custom_properties/"
    made = call(base + "regex_properties", "POST", version="7.0", **body(
        {"name": "Sample x", "property_type": "numeric", "use_for_rule_engine": True}))
    say("property", made.code)
    expression = call(base + "property_expressions", "POST", version="7.0", **body(
        {"regex_property_identifier": made.json["identifier"], "capture_group": 1, "enabled": True,
         "log_source_type_id": 147, "qid": 38750003, "regex": r",\sactive:\s(\d+),"}))
    path = base + "property_expressions/%d" % expression.json["id"]
    changed = call(path, "POST", version="7.0", **body({"regex": r", ACTIVE: (\d+),"}))
    say("expression", expression.code, changed.code, changed.json["regex"])
    say("listed", len(call(base + "property_expressions?fields=id,%20regex,%20qid&filter="
                           + urllib.parse.quote('regex ilike "%active%"'), headers={"range": "items=0-5"}).json))
    say("gone", call(path, "DELETE", accept="text/plain", version="7.0").code)
    path = base + "regex_properties/%d" % made.json["id"]
    say("renamed", call(path, "POST", version="7.0", **body({"description": "new"})).json["description"])
    for step, method, suffix, tasks in (("dependents", "GET", "/dependents", "regex_property_dependent_tasks"),
                                        ("deletion", "DELETE", "", "regex_property_delete_tasks")):
        task = call(path + suffix, method, version="7.0")
        # The base ends in a slash and this path begins with one.
        state = call("/%s%s/%d" % (base, tasks, task.json["id"]), version="7.0").json["status"]
        say(step, task.code, state)

    qids = [call("data_classification/qid_records", "POST", version="7.0", **body(
        {"log_source_type_id": 2, "name": name, "severity": 5, "low_level_category_id": 1008})).json["id"]
        for name in ("first", "second")]
    updated = call("data_classification/qid_records/%d" % qids[0], "POST", version="7.0",
                   **body({"name": "renamed", "severity": 8}))
    say("qid", updated.code, updated.json["name"], updated.json["severity"])
    mapping = call("data_classification/dsm_event_mappings", "POST", version="7.0", **body(
        {"log_source_type_id": 2, "log_source_event_id": "801:1", "log_source_event_category": "Auth",
         "qid_record_id": qids[0]}))
    moved = call("data_classification/dsm_event_mappings/%d" % mapping.json["id"], "POST", version="7.0",
                 **body({"qid_record_id": qids[1]}))
    say("mapping", mapping.code, moved.code, moved.json["qid_record_id"] == qids[1])

    domain = call("config/domain_management/domains", "POST", **body(
        {"name": "samples", "description": "", "deleted": False, "tenant_id": 0, "log_source_ids": [],
         "event_collector_ids": [-1000], "asset_scanner_ids": [], "custom_properties": []}))
    path = "config/domain_management/domains/%d" % domain.json["id"]
    changed = dict(domain.json, description="New Description")
    say("domain", domain.code, call(path, "POST", **body(changed)).json["description"])
    say("deleted", call(path, "DELETE").code, call(path, "DELETE").code)
    tenant = call("config/access/tenant_management/tenants", "POST", **body(
        {"name": "Tenant", "event_rate_limit": 500, "flow_rate_limit": 1000, "description": "test"}))
    path = "config/access/tenant_management/tenants/%d" % tenant.json["id"]
    say("tenant", tenant.code, call(path, "POST", **body({"name": "Tenant new"})).json["name"],
        call(path, "DELETE").code)
    for server in call("system/servers").json:
        path = "/system/servers/%d" % server["server_id"]
        say("server", call(path).code, call(path, "POST", **body({"email_server_address": "localhost"})).code)
    for search in call("asset_model/saved_searches").json:
        say("assets", search["name"], call("asset_model/saved_searches/%d/results" % search["id"]).code)
    say("log out", call("auth/logout", "POST").code)


introduction()
reference_data()
ariel()
offenses()
configuration()
