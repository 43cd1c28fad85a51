"""Plays a gRPC server: answers every call with the metadata that it got.

usage: show_grpc.py SOCKET

Left out is what every call of the tests has.  Ends when its standard input
does.
"""

import os
import sys
from concurrent import futures

import grpc

USUAL = {"user-agent", "accept", "content-length"}


def call(request, context):
    lines = ["%s: %s\n" % (name, value)
             for name, value in context.invocation_metadata()
             if name not in USUAL]
    return "".join(lines or ["nothing\n"]).encode()


class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(call)


def main():
    path = sys.argv[1]

    server = grpc.server(futures.ThreadPoolExecutor(4), [Handler()])
    server.add_insecure_port("unix:" + path)

    umask = os.umask(0)
    server.start()
    os.umask(umask)

    sys.stdin.read()
    server.stop(0)


main()
