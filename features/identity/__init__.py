"""Who a record is about when suppliers write different codes, or only a name (银码, C12, C15).

`codes` reads old codes, `names` takes names apart, `evidence` reads both from the lake, `exact` links by code
and by equal names through time, `similar` scores names that only resemble each other (splink on DuckDB),
`link` joins them, `review` keeps what people decided, `feedback` tells suppliers of their errors, and
`resolve` answers which enterprise a subject is on a day. Natural persons are never linked by name.
"""
