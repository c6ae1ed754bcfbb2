package dev.berth.reconciler.certificate.dns;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the elements of one name from XML, each as the texts within it. Pure. */
final class XmlRecords {
    private XmlRecords() {}

    /**
     * The elements.
     *
     * @param element its local name
     * @return for each, the texts of the elements in it by their local names, in their order
     * @throws XMLStreamException if it is not XML, or names a document type
     */
    static List<Map<String, List<String>>> of(String xml, String element)
            throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
        List<Map<String, List<String>>> found = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        boolean within = false;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    text.setLength(0);
                    if (reader.getLocalName().equals(element)) {
                        found.add(new HashMap<>());
                        within = true;
                    }
                }
                case XMLStreamConstants.CHARACTERS -> text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    String name = reader.getLocalName();
                    if (name.equals(element)) {
                        within = false;
                    } else if (within) {
                        found.getLast()
                                .computeIfAbsent(name, _ -> new ArrayList<>())
                                .add(text.toString().strip());
                    }
                    text.setLength(0);
                }
                case XMLStreamConstants.DTD ->
                        throw new XMLStreamException("document types are not read");
                default -> {} // comments and the like
            }
        }
        return found;
    }
}
