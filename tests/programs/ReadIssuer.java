import java.util.HexFormat;
import java.util.List;
import javax.smartcardio.Card;
import javax.smartcardio.CardChannel;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.CommandAPDU;
import javax.smartcardio.ResponseAPDU;
import javax.smartcardio.TerminalFactory;

/**
 * Reads the issuer's file of a social security card with what every JDK has: {@code java ReadIssuer.java READER}.
 * Prints the ATR, then the records of SSSE/EF05 in hex.
 */
public class ReadIssuer {
    private static final String APPLICATION = "7378312E73682EC9E7BBE1B1A3D5CF";
    private static final int ISSUER_FILE = 5;

    public static void main(String[] arguments) throws Exception {
        HexFormat hex = HexFormat.of().withUpperCase();
        CardTerminal terminal = named(arguments[0]);
        Card card = terminal.connect("*");
        System.out.println("ATR " + hex.formatHex(card.getATR().getBytes()));
        CardChannel channel = card.getBasicChannel();
        checked(channel, new CommandAPDU(0x00, 0xA4, 0x04, 0x00, hex.parseHex(APPLICATION)));
        for (int record = 1; record <= 7; record++) {
            byte[] read = checked(channel, new CommandAPDU(0x00, 0xB2, record, ISSUER_FILE << 3 | 4, 256));
            System.out.println("EF05/" + record + " " + hex.formatHex(read));
        }
        card.disconnect(true);
    }

    private static CardTerminal named(String name) throws Exception {
        List<CardTerminal> terminals = TerminalFactory.getDefault().terminals().list();
        for (CardTerminal terminal : terminals) {
            if (terminal.getName().equals(name)) {
                return terminal;
            }
        }
        throw new IllegalArgumentException("no reader " + name + " among " + terminals);
    }

    private static byte[] checked(CardChannel channel, CommandAPDU command) throws Exception {
        ResponseAPDU response = channel.transmit(command);
        if (response.getSW() != 0x9000) {
            throw new IllegalStateException(String.format("%s: %04X", command, response.getSW()));
        }
        return response.getData();
    }
}
