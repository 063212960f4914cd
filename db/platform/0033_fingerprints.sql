-- Fingerprints are kept as they are shown, and as openssl writes them: upper-case hexadecimal in pairs joined
-- by ':'. Those of a connection in clear stay empty.
UPDATE device SET fingerprint = (
    WITH RECURSIVE written (digits, text) AS (
        SELECT 2, substr(device.fingerprint, 1, 2)
        UNION ALL
        SELECT digits + 2, text || ':' || substr(device.fingerprint, digits + 1, 2) FROM written
        WHERE digits < 64
    )
    SELECT upper(text) FROM written WHERE digits = 64
) WHERE length(fingerprint) = 64;
