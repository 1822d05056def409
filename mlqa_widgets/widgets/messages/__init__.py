"""The shapes of what crosses between Python and the browser, one module per view."""
