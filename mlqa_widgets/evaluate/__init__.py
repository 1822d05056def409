"""How good a model is: metrics with intervals, thresholds, calibration, costs."""
