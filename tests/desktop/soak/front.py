"""The door in front of a relay: takes TLS, hands on plain HTTP, and says 502 while the relay is away.

``python -m tests.desktop.soak.front CERTIFICATE ADDRESS PORT RELAY_PORT``; the certificate's file
holds its key, too.
"""

import asyncio
import ssl
import sys
from contextlib import suppress

AWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def serve(certificate: str, address: str, port: int, relay_port: int) -> None:
    """Serve for ever."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ssl.SSLError):
            await _meet(reader, writer, relay_port)
        writer.close()

    server = await asyncio.start_server(take, address, port, ssl=context)
    await server.serve_forever()


async def _meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, relay_port: int) -> None:
    try:
        relay_reader, relay_writer = await asyncio.open_connection("127.0.0.1", relay_port)
    except OSError:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(AWAY)
        await writer.drain()
        return
    try:
        ways = [_carry(reader, relay_writer), _carry(relay_reader, writer)]
        tasks = [asyncio.create_task(way, name="way") for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        relay_writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
