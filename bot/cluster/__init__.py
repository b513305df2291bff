"""The rules of several processes: who holds which shards, as frozen values; no I/O, no clock.

`shards` says where a home belongs, `leases` who is to hold what, `shares` who may ask Discord how often.
"""
