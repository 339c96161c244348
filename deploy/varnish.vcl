vcl 4.1;

import std;

# Dragoman behind Varnish (6 or later): pages are kept for as long as Surrogate-Control says, and thrown away by
# Surrogate-Key:  curl -X BAN -H 'Surrogate-Key: thread:7' http://varnish/
# Who is signed in, posts, or asks for something new goes straight through.

backend dragoman {
    .host = "127.0.0.1";
    .port = "8000";
    .first_byte_timeout = 65s;
    .between_bytes_timeout = 60s;
}

acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "BAN") {
        if (!client.ip ~ purgers) {
            return (synth(403, "Not permitted"));
        }
        if (req.http.Surrogate-Key !~ "^[A-Za-z0-9_.:-]+$") {
            return (synth(400, "One Surrogate-Key, please"));
        }
        ban("obj.http.Surrogate-Key ~ (^|\s)" + regsuball(req.http.Surrogate-Key, "\.", "\\.") + "(\s|$)");
        return (synth(200, "Banned"));
    }
    set req.http.X-Forwarded-Host = req.http.Host;
    if (!req.http.X-Forwarded-Proto) {
        set req.http.X-Forwarded-Proto = "http";
    }
    if (req.url ~ "^/live(\?|$)") {
        return (pipe);
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    if (req.http.Authorization || req.http.HX-Request || req.http.Cookie ~ "(^|;\s*)sessionid=") {
        return (pass);
    }
    if (req.http.Cache-Control ~ "no-cache") {
        return (pass);
    }
    # Of all cookies, pages depend on one.
    if (req.http.Cookie ~ "(^|;\s*)dragoman_reads=") {
        set req.http.Cookie = regsub(req.http.Cookie, "^(?:.*;\s*)?(dragoman_reads=[A-Za-z.-]*).*$", "\1");
    } elsif (req.url !~ "^/(\?|$)" && req.url !~ "^/c/") {
        unset req.http.Cookie;
    }
    return (hash);
}

sub vcl_pipe {
    set bereq.http.Connection = "close";
}

sub vcl_backend_response {
    set beresp.grace = 0s;
    set beresp.keep = 10m;
    if (beresp.http.Cache-Control ~ "(private|no-store|no-cache)" || beresp.http.Set-Cookie) {
        set beresp.uncacheable = true;
        set beresp.ttl = 5s;
    } elsif (beresp.http.Surrogate-Control ~ "max-age=[0-9]+") {
        set beresp.ttl = std.duration(regsub(beresp.http.Surrogate-Control, "^.*max-age=([0-9]+).*$", "\1s"), 1s);
    } else {
        set beresp.uncacheable = true;
        set beresp.ttl = 5s;
    }
    return (deliver);
}

sub vcl_deliver {
    set resp.http.X-Cache = "MISS";
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    }
    unset resp.http.Surrogate-Key;
    unset resp.http.Surrogate-Control;
    # Browsers ask each time; what s-maxage meant was for here.
    if (resp.http.Cache-Control ~ "s-maxage") {
        set resp.http.Cache-Control = "max-age=0, must-revalidate";
    }
}
