# Stands for Logstash's filter `ruby` and its events: runs the script named first on each line of the input, an event's
# JSON, with the file of rules named second, and writes what becomes of it.
require "json"

class Event
  def initialize(fields)
    @fields = fields
  end

  def get(reference)
    *outer, name = path(reference)
    inside(outer)&.fetch(name, nil)
  end

  def set(reference, value)
    *outer, name = path(reference)
    inside(outer)[name] = value
  end

  def remove(reference)
    @fields.delete(reference)
  end

  # Logstash leaves out what belongs to no document.
  def to_hash
    @fields.reject { |name, _| name == "@metadata" }
  end

  def all
    @fields
  end

  private

  # message, or [kubernetes][labels]
  def path(reference)
    reference.start_with?("[") ? reference.scan(/[^\[\]]+/) : [reference]
  end

  def inside(names)
    names.reduce(@fields) { |fields, name| fields && fields[name] }
  end
end

script = Object.new
script.instance_eval(File.read(ARGV[0]), ARGV[0])
script.register("rules" => ARGV[1])
$stdin.set_encoding("UTF-8")
$stdin.each_line do |line|
  script.filter(Event.new(JSON.parse(line))).each { |event| puts JSON.generate(event.all) }
end
