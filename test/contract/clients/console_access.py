"""Access to the console for the scripts beside it: urllib, errors as replies, certificate checked."""

import json
import os
import ssl
import urllib.error
import urllib.request

URL = os.environ["CONSOLE_URL"]
CONTEXT = ssl.create_default_context(cafile=os.environ["CONSOLE_CA"])


class Reply:
    def __init__(self, response):
        self.code = response.code
        self.headers = response.headers
        self.text = response.read().decode("utf-8")

    @property
    def json(self):
        return json.loads(self.text)


def send(method, path, headers, data=None):
    request = urllib.request.Request(URL + path, data=data, headers=headers, method=method)
    try:
        return Reply(urllib.request.urlopen(request, context=CONTEXT))
    except urllib.error.HTTPError as error:
        return Reply(error)


def say(step, *values):
    print(json.dumps([step, *values]))
