"""E-mails to shoppers: asked for with the fact that causes them, sent by the worker afterwards."""
