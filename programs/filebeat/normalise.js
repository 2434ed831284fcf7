/*
 * What Filebeat's processor `script` does with each entry: masks addresses, then finds level, trace and service.
 * Filebeat knows JavaScript of 2009 and compiles expressions as Go does; RULES and LIMIT are written before this.
 */
/* global RULES, LIMIT */

/** Puts x where an address is masked, and leaves alone what only looks like one. */
function masker(rule) {
  var looksLikeOne = new RegExp(rule.looksLikeOne);
  var forms = rule.forms.map(function (form) {
    return typeof form === "string" ? form : "(" + form[0] + ")(?:" + form[1] + ")(" + (form[2] || "") + ")";
  });
  var pattern = new RegExp(forms.join("|"), rule.flags);
  return function (text) {
    if (!looksLikeOne.test(text)) return text;
    return text.replace(pattern, function (match) {
      for (var group = 1; group < arguments.length - 2; group += 2)
        if (arguments[group] !== undefined) return arguments[group] + "x" + arguments[group + 1];
      return match;
    });
  };
}

var masks = RULES.masks.map(masker);
var levelForms = new RegExp(RULES.levelForms);
var identities = RULES.identities.map(function (rule) {
  return { pattern: new RegExp(rule.source), names: rule.names };
});
// Of zeros is what programs write outside of a trace.
var IDENTIFIER = /^(?!0+$)(?:.{16}|.{32})$/;

/** The level as a program wrote it, from the first form that the line has. */
function levelOf(message) {
  return (levelForms.exec(message) || []).slice(1).filter(Boolean)[0];
}

/** The first of the fields that says something. */
function fieldOf(object, paths) {
  for (var index = 0; index < paths.length; index++) {
    var value = object;
    for (var part = 0; part < paths[index].length; part++)
      value = value !== null && typeof value === "object" ? value[paths[index][part]] : undefined;
    if (typeof value === "number" || (typeof value === "string" && value !== "")) return String(value);
  }
  return undefined;
}

function objectOf(message) {
  if (!/^\s*\{/.test(message)) return undefined;
  try {
    return JSON.parse(message);
  } catch (noJson) {
    return noJson && undefined;
  }
}

/** One of the six, or nothing. */
function known(level) {
  // Go's slog writes INFO+2 between its levels.
  var word = level.toLowerCase();
  if (word.length > 2) word = word.split("+")[0].split("-")[0];
  return Object.keys(RULES.levels).filter(function (name) {
    return RULES.levels[name].indexOf(word) >= 0;
  })[0];
}

function put(event, name, value) {
  if (value) event.Put(name, value.slice(0, 1024));
}

/* Filebeat calls it. */
// eslint-disable-next-line @typescript-eslint/no-unused-vars
function process(event) {
  var message = event.Get("message");
  if (typeof message !== "string") return;
  masks.forEach(function (mask) {
    message = mask(message);
  });
  var level = levelOf(message);
  var found = {};
  identities.forEach(function (rule) {
    var groups = rule.pattern.exec(message);
    rule.names.forEach(function (name, index) {
      if (groups && groups[index + 1] !== undefined) found[name] = groups[index + 1];
    });
  });
  var object = objectOf(message);
  if (object) {
    // In a line of JSON, what its fields say counts, and not what its message holds.
    Object.keys(RULES.fields).forEach(function (name) {
      found[name] = fieldOf(object, RULES.fields[name]);
    });
    var number = fieldOf(object, [[RULES.levelNumber]]);
    level = level || fieldOf(object, RULES.levelFields) || (number && RULES.levelNumber + " " + number);
  }
  if (level) put(event, "level", known(level));
  ["trace_id", "span_id"].forEach(function (name) {
    if (IDENTIFIER.test(found[name] || "")) put(event, name, found[name]);
  });
  put(event, "service_name", found.service_name);
  ["app", "app_kubernetes_io/name"].some(function (label) {
    var app = (event.Get("kubernetes.labels") || {})[label];
    put(event, "app", app);
    return app;
  });
  if (message.length > LIMIT.length) {
    message = message.slice(0, LIMIT.length - LIMIT.says.length) + LIMIT.says;
    event.Put("truncated", "line");
  }
  event.Put("message", message);
}
