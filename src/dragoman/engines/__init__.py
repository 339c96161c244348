"""Engines translate segments: one protocol, its adapters, routing and the fake. No Django.

This module imports nothing: engine processes load it, and they must stay small.
"""
