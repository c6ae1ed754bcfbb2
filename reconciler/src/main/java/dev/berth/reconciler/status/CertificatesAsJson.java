package dev.berth.reconciler.status;

import dev.berth.schemas.Json;
import dev.berth.schemas.status.CertificateStatus;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.List;

/** Certificates in one column, as a JSON object. */
@Converter
public final class CertificatesAsJson
        implements AttributeConverter<List<CertificateStatus>, String> {
    /** Gives the list its type on reading. */
    record Column(List<CertificateStatus> certificates) {}

    @Override
    public String convertToDatabaseColumn(List<CertificateStatus> certificates) {
        return Json.write(new Column(certificates));
    }

    @Override
    public List<CertificateStatus> convertToEntityAttribute(String json) {
        return Json.read(json, Column.class).certificates();
    }
}
