"""A mail server for the tests: STARTTLS and a password are required.

Arguments: certificate, key. Prints its port, then each mail it takes as a line of JSON. Ends with its
standard input, so that it never outlives the test.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "data": envelope.original_content.decode("ascii"),
        }
        print(json.dumps(mail), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    known = (data.login, data.password) == (b"team@x", b"p:w/d")
    # Not "handled": the refusal is aiosmtpd's to say.
    return AuthResult(success=known, handled=False)


async def main():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(sys.argv[1], sys.argv[2])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            Handler(),
            tls_context=tls,
            require_starttls=True,
            authenticator=authenticate,
            auth_required=True,
            loop=loop,
        ),
        "127.0.0.1",
        0,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
