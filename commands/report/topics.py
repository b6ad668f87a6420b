"""Topics that rules speak of and no persona has words for."""

from collections.abc import Iterable, Iterator

from config.nouns import Content
from config.problems import Place, Problem, nearest
from keyword_rules.rule import Rule


def unknown_topics(rules: Iterable[Rule], content: Content) -> Iterator[Problem]:
    """Yield a problem at each rule whose topic nobody can answer; without personas none."""
    known = {topic for persona in content.personas.values() for topic in persona.replies}
    if not content.personas:
        return
    for rule in rules:
        for number, step in enumerate(rule.do):
            topic = str(step.args.get("name", "")) if step.verb == "topic" else ""
            if topic and topic not in known:
                place = Place(rule.file, *rule.place_of(number))
                message = f"规则 {rule.id} 的话题“{topic}”没有一个人设会说"
                yield place.problem(message, hint=nearest(topic, known))
