"""Moota's API v2 as data: what comes in, tolerant of every shape that integrations have seen. Nothing of ours."""
