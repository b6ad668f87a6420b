"""The demonstration: a stage, a story, a transcript, and a proxy that can lie."""
