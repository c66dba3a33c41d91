"""A mail server that writes each mail it gets to a file: mail_server.py PORT FOLDER"""

import email
import email.policy
import pathlib
import sys
import threading
import uuid

from aiosmtpd.controller import Controller


class Keep:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = f"To: {message['to']}\nSubject: {message['subject']}\n\n{message.get_content()}"
        (self.folder / str(uuid.uuid4())).write_text(text, encoding="utf-8")
        return "250 OK"


Controller(Keep(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1])).start()
threading.Event().wait()
