"""Lets the plugin tests start pytest inside pytest."""

pytest_plugins = ["pytester"]
