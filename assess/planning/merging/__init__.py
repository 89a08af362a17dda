"""Which services to merge first, for systems that run as services."""
