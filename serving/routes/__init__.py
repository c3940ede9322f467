"""Thin HTTP routes: read the request, call one service, send its bytes."""
