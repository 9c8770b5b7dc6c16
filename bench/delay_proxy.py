"""A long way to a server: delay_proxy.py SERVER_PORT RTT_MS PORT_FILE listens on a free port, writes it to PORT_FILE, and
hands on what comes half a round trip later, in both directions and however much is on its way. The first bytes of a
client wait a whole round trip more, as its handshake would have on a real way. Serves until killed."""
import asyncio
import sys

server_port, rtt, port_file = int(sys.argv[1]), float(sys.argv[2]) / 1000, sys.argv[3]


async def one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handshake: float) -> None:
    loop = asyncio.get_running_loop()
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            when, piece = await due.get()
            await asyncio.sleep(when - loop.time())
            if not piece:
                break
            writer.write(piece)
        writer.close()

    delivering = asyncio.create_task(deliver())
    opened = loop.time() + handshake
    while True:
        try:
            piece = await reader.read(65536)
        except ConnectionError:
            piece = b""
        due.put_nowait((max(loop.time(), opened) + rtt / 2, piece))
        if not piece:
            break
    await delivering


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", server_port)
    await asyncio.gather(one_way(reader, back, rtt), one_way(there, writer, 0), return_exceptions=True)


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    with open(port_file, "w", encoding="ascii") as out:
        out.write(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(main())
