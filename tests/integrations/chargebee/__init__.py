"""The Chargebee connector, against its own hosts answered by `responses` and against a simulator of its own."""
