"""How bytes are laid out: envelopes, archives, frames, segments and their lines; nobody is believed here."""
