"""A mail server that writes each mail it gets to a file: mail_server.py PORT FOLDER"""

import asyncio
import email
import email.policy
import pathlib
import sys
import uuid

from aiosmtpd.controller import UnthreadedController


class Keep:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = f"To: {message['to']}\nSubject: {message['subject']}\n\n{message.get_content()}"
        (self.folder / str(uuid.uuid4())).write_text(text, encoding="utf-8")
        return "250 OK"


async def serve(port, folder):
    controller = UnthreadedController(Keep(folder), hostname="127.0.0.1", port=port)
    await controller._create_server()
    await asyncio.Event().wait()


asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
