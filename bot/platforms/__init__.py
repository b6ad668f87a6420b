"""How the outside looks: one package a platform, each turning bytes into events."""
