# What Logstash's filter `ruby` does with each entry: masks addresses, then finds level, trace and service. As Filebeat's
# normalise.js where there is no Logstash; the rules of both are the same, here those of the file rules.json.
require "json"
require "securerandom"

# Several threads filter with one object: what is set here is only read later.
def register(params)
  rules = JSON.parse(File.read(params["rules"]))
  @masks = rules["masks"].map do |rule|
    forms = rule["forms"].map { |form| form.is_a?(String) ? form : "(#{form[0]})(?:#{form[1]})(#{form[2]})" }
    { looks_like_one: ascii(rule["looksLikeOne"]), pattern: ascii(forms.join("|"), rule["flags"].include?("i")) }
  end
  @level_forms = ascii(rules["levelForms"])
  @levels, @level_fields, @fields = rules.values_at("levels", "levelFields", "fields")
  @level_number = rules["levelNumber"]
  # Of zeros is what programs write outside of a trace.
  @identifier = /\A(?!0+\z)(?:.{16}|.{32})\z/
  @identities = rules["identities"].map { |rule| { pattern: ascii(rule["source"]), names: rule["names"] } }
  @limit, @says = rules["limit"].values_at("length", "says")
  @kept = rules["kept"]
end

def filter(event)
  begin
    normalise(event)
  rescue StandardError => error
    # Nobody knows what is in it: Logstash would let it pass as it is.
    event.set("message", "[a line that could not be read: #{error.class}]")
  end
  # Filebeat gives each line one. Of an id for all that have none, Elasticsearch would keep the first line alone.
  event.set("[@metadata][_id]", SecureRandom.uuid) unless event.get("[@metadata][_id]")
  (event.to_hash.keys - @kept).each { |name| event.remove(name) }
  [event]
end

def normalise(event)
  message = @masks.reduce(event.get("message")) { |text, mask| masked(text, mask) }
  found = found_in(message)
  level = known(found["level"])
  event.set("level", level) if level
  ["trace_id", "span_id"].each { |name| put(event, name, found[name]) if @identifier.match?(found[name].to_s) }
  put(event, "service_name", found["service_name"])
  labels = event.get("[kubernetes][labels]") || {}
  put(event, "app", first_of(labels.values_at("app", "app_kubernetes_io/name")))
  if message.length > @limit
    message = message[0, @limit - @says.length] + @says
    event.set("truncated", "line")
  end
  event.set("message", message)
end

# Words, digits and their ends are those of ASCII, as in Go.
def ascii(source, any_case = false)
  Regexp.new("(?a)#{source}", any_case ? Regexp::IGNORECASE : 0)
end

# Puts x where an address is masked, and leaves alone what only looks like one: a form without groups.
def masked(text, mask)
  return text unless mask[:looks_like_one].match?(text)
  text.gsub(mask[:pattern]) do |match|
    around = Regexp.last_match.captures.compact
    around.empty? ? match : around.join("x")
  end
end

def found_in(message)
  found = {}
  @identities.each do |rule|
    groups = rule[:pattern].match(message)
    rule[:names].zip(groups.captures) { |name, value| found[name] = value if value } if groups
  end
  written = first_of(@level_forms.match(message)&.captures || [])
  object = object_of(message)
  return found.merge("level" => written) unless object
  # In a line of JSON, what its fields say counts, and not what its message holds.
  number = field_of(object, [[@level_number]])
  level = written || field_of(object, @level_fields) || (number && "#{@level_number} #{number}")
  @fields.transform_values { |paths| field_of(object, paths) }.merge("level" => level)
end

def object_of(message)
  JSON.parse(message) if message.match?(/\A\s*\{/)
rescue JSON::ParserError
  nil
end

# The first of the fields that says something.
def field_of(object, paths)
  values = paths.map do |path|
    path.reduce(object) { |inner, part| inner.is_a?(Hash) ? inner[part] : nil }
  end
  first_of(values.select { |value| value.is_a?(Numeric) || value.is_a?(String) }.map(&:to_s))
end

def first_of(texts)
  texts.find { |text| text && !text.empty? }
end

# One of the six, or nothing.
def known(level)
  word = level.to_s.downcase
  # Go's slog writes INFO+2 between its levels.
  word = word[/\A[^+-]*/] if word.length > 2
  @levels.keys.find { |name| @levels[name].include?(word) }
end

def put(event, name, value)
  event.set(name, value[0, 1024]) if value && !value.empty?
end
