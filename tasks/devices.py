"""Names of devices for people, from the `User-Agent` that their browsers send."""

import re

# The first that matches: browsers also send the names of those that they descend from.
BROWSERS = {
    r"Edg(e|A|iOS)?/": "Edge",
    r"OPR/": "Opera",
    r"SamsungBrowser/": "Samsung Internet",
    r"(Firefox|FxiOS)/": "Firefox",
    r"(Chrome|CriOS)/": "Chrome",
    r"Safari/": "Safari",
}
SYSTEMS = {
    r"iPhone": "iPhone",
    r"iPad": "iPad",
    r"Android": "Android",
    r"Windows": "Windows",
    r"Mac OS X": "Mac",
    r"CrOS": "ChromeOS",
    r"Linux": "Linux",
}
UNKNOWN = "unknown"


def describe_device(user_agent: str) -> str:
    """Return a name such as "Chrome on Linux". An unusual `user_agent` is returned as it is."""
    browser, system = (
        next((name for pattern, name in names.items() if re.search(pattern, user_agent)), None)
        for names in (BROWSERS, SYSTEMS)
    )
    if browser and system:
        return f"{browser} on {system}"
    return user_agent or UNKNOWN
