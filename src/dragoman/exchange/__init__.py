"""Importers and exporters of other systems' formats."""
