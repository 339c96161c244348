"""The demo publication: its words and pictures stand beside this file, `loader` brings them in."""
