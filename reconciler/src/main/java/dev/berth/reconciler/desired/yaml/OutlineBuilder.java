package dev.berth.reconciler.desired.yaml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.CommentEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Makes the outline of one text from the parser's events. */
final class OutlineBuilder {
    private static final String TEXT_TAG = "tag:yaml.org,2002:str";

    /** A mapping or list that is open; {@code key} is the one whose value comes next. */
    private static final class Frame {
        private final boolean mapping;
        private final boolean flow;
        private final int column;
        private @Nullable String key;

        Frame(boolean mapping, boolean flow, int column) {
            this.mapping = mapping;
            this.flow = flow;
            this.column = column;
        }
    }

    private final String text;
    private final int[] points;
    private final boolean withComments;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final List<String> path = new ArrayList<>();
    private final List<YamlOutline.Document> documents = new ArrayList<>();
    private final List<YamlOutline.Top> top = new ArrayList<>();
    private final List<YamlOutline.Leaf> leaves = new ArrayList<>();
    private final List<YamlOutline.Comment> comments = new ArrayList<>();
    private YamlOutline.@Nullable Top open;
    private int contentEnd;
    private @Nullable Fault fault;

    OutlineBuilder(String text, boolean withComments) {
        this.text = text;
        this.points = text.codePoints().toArray();
        this.withComments = withComments;
    }

    YamlOutline build() {
        LoadSettings settings =
                LoadSettings.builder()
                        .setParseComments(withComments)
                        .setCodePointLimit(Integer.MAX_VALUE)
                        .build();
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                take(event);
                if (fault != null) {
                    break;
                }
            }
        } catch (MarkedYamlEngineException e) {
            // The message would quote the text, which may hold what should have been encrypted.
            stop(e.getProblemMark().map(OutlineBuilder::mark).orElse(new Mark(1, 1)), "not YAML");
        } catch (YamlEngineException e) {
            stop(new Mark(1, 1), "not YAML");
        }
        return new YamlOutline(documents, fault);
    }

    private void take(Event event) {
        switch (event.getEventId()) {
            case DocumentStart -> {
                top.clear();
                leaves.clear();
                comments.clear();
                open = null;
                contentEnd = end(event);
            }
            case DocumentEnd -> {
                closeTop();
                documents.add(new YamlOutline.Document(top, leaves, comments, contentEnd));
            }
            case Scalar -> scalar((ScalarEvent) event);
            case MappingStart -> start((CollectionStartEvent) event, true);
            case SequenceStart -> start((CollectionStartEvent) event, false);
            case MappingEnd, SequenceEnd -> end(event, frames.pop());
            case Comment -> comment((CommentEvent) event);
            case Alias ->
                    stop(mark(event), "aliases can't be used in a sealed file: repeat the value");
            case StreamStart, StreamEnd -> {}
        }
    }

    private void scalar(ScalarEvent event) {
        if (event.getAnchor().isPresent() || event.getTag().filter(t -> !isText(t)).isPresent()) {
            stop(mark(event), "anchors and tags can't be used in a sealed file: remove them");
            return;
        }
        Frame frame = frames.peek();
        if (frame == null) {
            if (!event.getValue().isEmpty()) {
                stop(mark(event), "a sealed file's documents are mappings");
            }
        } else if (frame.mapping && frame.key == null) {
            key(frame, event);
        } else {
            boolean plain = event.isPlain() && event.getTag().isEmpty();
            int start = start(event);
            int end = trimmed(start, end(event));
            leaves.add(
                    new YamlOutline.Leaf(
                            path, mark(event), plain, frame.flow, start, end, event.getValue()));
            contentEnd = Math.max(contentEnd, end(event));
            done(frame);
        }
    }

    private void key(Frame frame, ScalarEvent event) {
        if (frames.size() == 1) {
            closeTop();
            open =
                    new YamlOutline.Top(
                            event.getValue(), mark(event), frame.flow, start(event), end(event));
        }
        if (event.isPlain() && event.getValue().equals("<<")) {
            stop(mark(event), "'<<' can't be used in a sealed file: write the keys out");
        }
        contentEnd = Math.max(contentEnd, end(event));
        frame.key = event.getValue();
        path.add(event.getValue());
    }

    private void start(CollectionStartEvent event, boolean mapping) {
        Frame outer = frames.peek();
        if (event.getAnchor().isPresent() || event.getTag().isPresent()) {
            stop(mark(event), "anchors and tags can't be used in a sealed file: remove them");
        } else if (outer == null && !mapping) {
            stop(mark(event), "a sealed file's documents are mappings");
        } else if (outer != null && outer.mapping && outer.key == null) {
            stop(mark(event), "a key must be plain text");
        } else if (frames.size() == YamlReader.MAX_DEPTH) {
            stop(mark(event), "nested more than %d levels deep".formatted(YamlReader.MAX_DEPTH));
        }
        frames.push(new Frame(mapping, event.isFlow(), mark(event).column()));
    }

    private void end(Event event, Frame ended) {
        if (ended.flow) {
            contentEnd = Math.max(contentEnd, end(event));
        }
        Frame outer = frames.peek();
        if (outer != null) {
            done(outer);
        }
    }

    /** A value of that frame is complete. */
    private void done(Frame frame) {
        if (frame.mapping && frame.key != null) {
            frame.key = null;
            path.removeLast();
        }
    }

    private void closeTop() {
        YamlOutline.Top was = open;
        if (was != null) {
            int end = was.end();
            for (YamlOutline.Leaf leaf : leaves) {
                end = Math.max(end, leaf.end());
            }
            top.add(new YamlOutline.Top(was.key(), was.at(), was.inFlow(), was.start(), end));
            open = null;
        }
    }

    private void comment(CommentEvent event) {
        if (event.getCommentType() == CommentType.BLANK_LINE) {
            return;
        }
        int start = start(event);
        int end = start + 1 + event.getValue().codePointCount(0, event.getValue().length());
        comments.add(new YamlOutline.Comment(pathAt(event), start, end, event.getValue()));
        contentEnd = Math.max(contentEnd, end);
    }

    /**
     * A comment alone in its line belongs to what is indented as it is, one behind a value to that
     * value's mapping, one between a key and its value to the value.
     */
    private List<String> pathAt(CommentEvent event) {
        List<String> keys = new ArrayList<>(path);
        boolean innermost = true;
        for (Frame frame : frames) {
            if (!innermost && frame.key != null) {
                keys.removeLast();
            }
            if (event.getCommentType() == CommentType.IN_LINE
                    || frame.flow
                    || mark(event).column() >= frame.column) {
                return keys;
            }
            if (innermost && frame.key != null) {
                keys.removeLast();
            }
            innermost = false;
        }
        return List.of();
    }

    /** A block scalar's mark lies behind its line break, which stays where it is. */
    private int trimmed(int start, int end) {
        int cut = end;
        while (cut > start && (points[cut - 1] == '\n' || points[cut - 1] == '\r')) {
            cut--;
        }
        return cut;
    }

    private void stop(Mark at, String message) {
        if (fault == null) {
            fault = new Fault(at, Fault.Cause.SYNTAX, message);
        }
    }

    private static boolean isText(String tag) {
        return tag.equals(TEXT_TAG);
    }

    private static Mark mark(Event event) {
        return event.getStartMark().map(OutlineBuilder::mark).orElse(new Mark(1, 1));
    }

    private static Mark mark(org.snakeyaml.engine.v2.exceptions.Mark mark) {
        return new Mark(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static int start(Event event) {
        return event.getStartMark().orElseThrow().getIndex();
    }

    private static int end(Event event) {
        return event.getEndMark().orElseThrow().getIndex();
    }
}
