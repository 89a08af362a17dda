"""Demo data, which `load_demo` loads; never in production.

- `scenario`, to read first: a made-up retailer with 41 systems in every state, made by the site's own actions
- `sources`: the systems that the sources describe
- `traces`: made-up traces of the company with 47 services
- `accounts`: whom one can sign in as
"""
