"""The Moon itself: where it stands and how it looks, as arithmetic and pictures, with nothing of Discord.

`sky` computes (phase, distance, libration, rise and set), `eclipses` names what kind they are, `disc` draws
the Moon as it stands at an instant, `globe` holds the surface that is drawn, and `places` knows where on
Earth somebody watches from.

What always holds:
- the same instant and the same options give the same values and the same picture, byte for byte;
- instants are aware and in UTC; angles are degrees, distances kilometres; selenographic longitude grows
  eastward, towards Mare Crisium, from -180 to 180;
- nothing here reads a clock, the network or a setting.
"""
