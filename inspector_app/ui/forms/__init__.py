"""Forms: what a person fills in, from a paper of one line to the guided form of an inspection."""
