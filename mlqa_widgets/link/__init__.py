"""Records of one thing without a shared key: candidates, a model of agreement, decisions, clusters, one fused table."""
