// A Java program on the driver's WebSocket: what read_card.js does, with what the JDK has.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Scanner;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

public class ReadCard implements WebSocket.Listener {
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final StringBuilder frame = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        frame.append(part);
        if (last) {
            answers.add(frame.toString());
            frame.setLength(0);
        }
        socket.request(1);
        return null;
    }

    private String call(WebSocket socket, String request) throws Exception {
        socket.sendText(request, true).join();
        return answers.poll(30, TimeUnit.SECONDS);
    }

    public static void main(String[] arguments) throws Exception {
        ReadCard caller = new ReadCard();
        WebSocket socket = HttpClient.newHttpClient().newWebSocketBuilder()
            .buildAsync(URI.create(arguments[0]), caller).join();
        Scanner input = new Scanner(System.in);
        String base = caller.call(socket, "{\"function\":\"iReadCardBas\",\"iType\":3}");
        String pin = caller.call(socket, "{\"function\":\"iVerifyPIN\",\"iType\":1}");
        String step1 = caller.call(socket, "{\"function\":\"iReadCardBas_HSM_Step1\",\"iType\":3}");
        System.out.println("{\"base\":" + base + ",\"pin\":" + pin + ",\"step1\":" + step1 + "}");
        String key = input.nextLine();
        String step2 = caller.call(socket, "{\"function\":\"ReadCard_HSM_Step2\",\"pKey\":\"" + key + "\"}");
        System.out.println("{\"step2\":" + step2 + "}");
        input.nextLine();
        System.out.println("{\"removed\":" + caller.call(socket, "{\"function\":\"iReadCardBas\",\"iType\":3}") + "}");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        System.exit(0);
    }
}
